// HTTP requests against real sockets: what an answer may look like, and that none outlives its deadline.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { HttpCalls, type HttpRequest } from "../../shared/http_calls.ts";

const encoder = new TextEncoder();

/** Does `answer` with every connection once a request has come. */
async function withServer(
  answer: (connection: Deno.Conn, request: string) => Promise<void>,
  use: (origin: string) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const connection of listener) {
      connections.add(connection);
      void serve(connection, answer).catch(() => {});
    }
  })();
  try {
    await use(`http://127.0.0.1:${listener.addr.port}`);
  } finally {
    listener.close();
    for (const connection of connections) {
      try {
        connection.close();
      } catch { /* closed by its answer */ }
    }
    await serving;
  }
}

async function serve(
  connection: Deno.Conn,
  answer: (connection: Deno.Conn, request: string) => Promise<void>,
) {
  const bytes = new Uint8Array(64 * 1024);
  for (;;) {
    const count = await connection.read(bytes);
    if (count === null) return;
    await answer(connection, new TextDecoder().decode(bytes.subarray(0, count)));
  }
}

function write(connection: Deno.Conn, text: string | Uint8Array): Promise<number> {
  return connection.write(typeof text === "string" ? encoder.encode(text) : text);
}

function request(origin: string, body = "{}"): HttpRequest {
  return { origin, path: "/a?b=1", method: "POST", headers: { authorization: "bearer t" }, body };
}

const calls = (timeoutMs: number) => new HttpCalls({ connections: 3, timeoutMs, answerMaxBytes: 1_000 });

Deno.test("a request goes out whole, and its answer comes back with status, Retry-After and words", async () => {
  const seen: string[] = [];
  const answer = async (connection: Deno.Conn, text: string) => {
    seen.push(text);
    const body = encoder.encode("\ufeffĐã nhận");
    await write(connection, `HTTP/1.1 429 Chậm\r\nRetry-After: 7\r\nContent-Length: ${body.length}\r\n\r\n`);
    // Cut inside a letter.
    await write(connection, body.subarray(0, 4));
    await write(connection, body.subarray(4));
  };
  await withServer(answer, async (origin) => {
    const { status, retryAfter, text } = await calls(5_000).send(request(origin, '{"tên":"Cảm"}'));
    assertEquals([status, retryAfter, text], [429, "7", "Đã nhận"]);
  });
  assert(seen[0]?.startsWith("POST /a?b=1 HTTP/1.1\r\n"), seen[0]);
  assert(seen[0]?.includes("authorization: bearer t\r\n"), seen[0]);
  assert(seen[0]?.endsWith('\r\n\r\n{"tên":"Cảm"}'), seen[0]);
});

Deno.test("a connection is used again for the next request, and no more are made than calls may be in flight", async () => {
  let connections = 0;
  const known = new Set<Deno.Conn>();
  const answer = async (connection: Deno.Conn) => {
    if (!known.has(connection)) connections++;
    known.add(connection);
    await write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  };
  await withServer(answer, async (origin) => {
    const http = calls(5_000);
    const slots = Array.from({ length: 3 }, async () => {
      for (let i = 0; i < 20; i++) assertEquals((await http.send(request(origin))).text, "ok");
    });
    await Promise.all(slots);
  });
  assertEquals(connections, 3);
});

Deno.test("a request whose answer does not come ends at its deadline, and those begun later at theirs", async () => {
  await withServer(() => Promise.resolve(), async (origin) => {
    const http = calls(300);
    const beganMs = performance.now();
    const ends = await Promise.all([0, 100, 200].map(async (ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      const error = await assertRejects(() => http.send(request(origin)), DOMException);
      return [error.name, performance.now() - beganMs] as const;
    }));
    assertEquals(ends.map(([name]) => name), Array(3).fill("TimeoutError"));
    ends.forEach(([, ms], index) => assert(ms >= 295 + 100 * index, `the ${index}. ended after ${ms} ms`));
  });
});

Deno.test("an answer that trickles in without end is over at the deadline as well", async () => {
  const answer = async (connection: Deno.Conn) => {
    await write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");
    for (;;) {
      await write(connection, ".");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await withServer(answer, async (origin) => {
    const error = await assertRejects(() => calls(200).send(request(origin)), DOMException);
    assertEquals(error.name, "TimeoutError");
  });
});

Deno.test("an answer that is too long, cut off or none at all is an error", async () => {
  const answers: Record<string, string> = {
    long: `HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n${"x".repeat(2000)}`,
    short: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx",
    none: "",
    strange: "SSH-2.0-OpenSSH\r\n",
  };
  for (const [name, text] of Object.entries(answers)) {
    const answer = async (connection: Deno.Conn) => {
      if (text) await write(connection, text);
      if (name !== "long") connection.close();
    };
    await withServer(answer, async (origin) => {
      const error = await assertRejects(() => calls(5_000).send(request(origin)), Error);
      assert(error.name !== "TimeoutError", `${name}: ${error}`);
    });
  }
});

Deno.test("nobody listening is an error at once", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const origin = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const error = await assertRejects(() => calls(5_000).send(request(origin)), Error);
  assert(String(Reflect.get(error, "code")).includes("ECONNREFUSED"), String(error));
});
