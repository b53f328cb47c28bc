// The simulated partner's HTTP as bytes on a real connection: what is answered, in which order, and how a connection ends.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { nationalBody, type PartnerBench, partnerBench, until } from "../support/partner.ts";

/** A raw connection, and all that has come over it. */
class Raw implements Disposable {
  readonly #connection: Deno.TcpConn;
  #text = "";
  /** How the connection ended: `eof`, or the name of an error. */
  end: string | undefined;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#readOn();
  }

  static async open({ partner }: PartnerBench): Promise<Raw> {
    return new Raw(await Deno.connect({ port: partner.port, hostname: "127.0.0.1" }));
  }

  async write(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  /** Waits until so many answers have come, and returns their status lines. */
  async statuses(count: number): Promise<string[]> {
    const found = () => [...this.#text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1] ?? "");
    await until(() => found().length >= count, `${count} answers; there is ${this.#text}`);
    return found();
  }

  /** Waits for the end of the connection, and returns what has come before it. */
  async whole(): Promise<string> {
    await until(() => this.end !== undefined, `the connection ends; there is ${this.#text}`);
    return this.#text;
  }

  get text(): string {
    return this.#text;
  }

  [Symbol.dispose](): void {
    if (this.end === undefined) this.#connection.close();
  }

  async #readOn(): Promise<void> {
    const words = new TextDecoder();
    const bytes = new Uint8Array(64 * 1024);
    try {
      for (let count = 0; count !== null; count = await this.#connection.read(bytes) ?? -1) {
        if (count < 0) break;
        this.#text += words.decode(bytes.subarray(0, count), { stream: true });
      }
      this.end = "eof";
      this.#connection.close();
    } catch (error) {
      this.end = error instanceof Error ? error.name : String(error);
    }
  }
}

const path = "/api/lien_thong/hoa_don";

async function authorization(bench: PartnerBench): Promise<string> {
  const { json } = await bench.call("POST", "/api/tai_khoan/dang_nhap", {
    body: { usr: "hermes", pwd: "hermes" },
  });
  return `bearer ${(json as { token: string }).token}`;
}

/** A document call as it is sent. */
async function sent(
  bench: PartnerBench,
  code: string,
  { version = "1.1", fields = "", method = "POST" } = {},
): Promise<string> {
  const body = JSON.stringify(nationalBody("hoa_don", code));
  return `${method} ${path} HTTP/${version}\r\nHost: x\r\nAuthorization: ${await authorization(bench)}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${
      new TextEncoder().encode(body).length
    }\r\n${fields}\r\n${body}`;
}

Deno.test("an answer has its length, its date, and keeps the connection for the next call", async () => {
  await using bench = await partnerBench();
  using raw = await Raw.open(bench);
  await raw.write(await sent(bench, "A1"));
  await raw.statuses(1);
  assertMatch(
    raw.text,
    /^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json; charset=utf-8\r\ncontent-length: 64\r\nDate: \w{3}, .* GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=65\r\n\r\n\{"code":200,"mess":"Thành công","ma_hoa_don":"HD_QG_00000001"\}$/,
  );
  await raw.write(await sent(bench, "A2"));
  assertEquals(await raw.statuses(2), ["200", "200"]);
  assertEquals(raw.end, undefined);
});

Deno.test("calls sent at once are answered in their order, slow ones too", async () => {
  await using bench = await partnerBench();
  bench.partner.addFaults({ kind: "slow", delayMs: 30, times: 1 });
  using raw = await Raw.open(bench);
  await raw.write(await sent(bench, "A1") + await sent(bench, "A1") + await sent(bench, "A2"));
  assertEquals(await raw.statuses(3), ["200", "400", "200"]);
  assertMatch(raw.text, /HD_QG_00000001[^]*đã tồn tại[^]*HD_QG_00000002/);
});

Deno.test("a call that is read ahead of a slow answer waits for it, however much of it there is", async () => {
  await using bench = await partnerBench();
  bench.partner.addFaults({ kind: "slow", delayMs: 30, times: 1 });
  using raw = await Raw.open(bench);
  const long = " ".repeat(3_000_000);
  await raw.write(
    await sent(bench, "A1") + `POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: ${long.length}\r\n\r\n${long}`,
  );
  assertEquals(await raw.statuses(2), ["200", "404"]);
});

Deno.test("the connection ends after the answer where the client says so, or speaks HTTP/1.0", async () => {
  await using bench = await partnerBench();
  const lasts = [{ fields: "Connection: close\r\n" }, { version: "1.0" }];
  for (const [index, last] of lasts.entries()) {
    using raw = await Raw.open(bench);
    await raw.write(await sent(bench, `A${index}`, last) + "GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
    const text = await raw.whole();
    assertMatch(text, /^HTTP\/1\.1 200 OK\r\n[^]*\r\nConnection: close\r\n\r\n[^]*"\}$/);
    assertEquals(bench.partner.calls({ code: `A${index}` })[0]?.answered, true);
  }
});

Deno.test("a body in chunks is taken, and the client hears when it may send one", async () => {
  await using bench = await partnerBench();
  using raw = await Raw.open(bench);
  const body = JSON.stringify(nationalBody("hoa_don", "C1"));
  const size = new TextEncoder().encode(body).length.toString(16);
  await raw.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${await authorization(bench)}\r\n` +
      "Content-Type: application/json\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  assertEquals(await raw.statuses(1), ["100"]);
  await raw.write(`${size}\r\n${body}\r\n0\r\n\r\n`);
  assertEquals(await raw.statuses(2), ["100", "200"]);
  assertEquals(bench.partner.calls({ code: "C1" })[0]?.body, body);
});

Deno.test("an answer without a body has none: to HEAD, and with 204", async () => {
  await using bench = await partnerBench({
    faults: [{ kind: "status", status: 204, match: { code: "A1" } }],
  });
  using raw = await Raw.open(bench);
  await raw.write(`HEAD ${path} HTTP/1.1\r\nHost: x\r\n\r\n${await sent(bench, "A1")}`);
  assertEquals(await raw.statuses(2), ["405", "204"]);
  await until(() => raw.text.split("\r\n\r\n").length === 3, "both heads have ended");
  assert(!raw.text.includes("{"), raw.text);
});

Deno.test("what is no HTTP is answered 400 once what came before is answered, and ends the connection", async () => {
  await using bench = await partnerBench();
  using raw = await Raw.open(bench);
  await raw.write(`${await sent(bench, "A1")}zzz\r\n\r\n${await sent(bench, "A2")}`);
  assertMatch(
    await raw.whole(),
    /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n\r\n$/,
  );
  assertEquals(bench.partner.calls({ code: "A2" }), []);
});

Deno.test("a client that has sent all it will still gets an answer that is ready, and ends a call that hangs", async () => {
  await using bench = await partnerBench();
  using ready = await Raw.open(bench);
  await ready.write(await sent(bench, "A1"));
  await ready.statuses(1);
  await ready.closeWrite();
  assertMatch(await ready.whole(), /^HTTP\/1\.1 200 /);
  bench.partner.addFaults({ kind: "hang" });
  using hanging = await Raw.open(bench);
  await hanging.write(await sent(bench, "A2"));
  await until(() => bench.partner.calls({ code: "A2" }).length === 1, "the call arrives");
  await hanging.closeWrite();
  assertEquals([await hanging.whole(), hanging.end], ["", "eof"]);
  await until(() => bench.partner.calls({ code: "A2" })[0]?.answered === false, "the call is closed");
});

Deno.test("a call cut short is not taken, and holds up nobody", async () => {
  await using bench = await partnerBench();
  using raw = await Raw.open(bench);
  await raw.write((await sent(bench, "A1")).slice(0, -1));
  await raw.closeWrite();
  assertEquals([await raw.whole(), raw.end], ["", "eof"]);
  assertEquals(bench.partner.calls({ code: "A1" }), []);
});

Deno.test("a reset is a reset, a cut answer ends short of its length, and an endless one comes in chunks", async () => {
  await using bench = await partnerBench();
  for (const kind of ["reset_before", "reset_after", "truncated", "endless"] as const) {
    bench.partner.clearFaults();
    bench.partner.addFaults({ kind });
    using raw = await Raw.open(bench);
    await raw.write(await sent(bench, kind));
    if (kind === "endless") {
      await until(() => raw.text.length > 40_000, "more than one piece comes");
      assertMatch(raw.text, /\r\ntransfer-encoding: chunked\r\n[^]*\r\n\r\n4000\r\n {16384}\r\n4000\r\n/i);
      continue;
    }
    const text = await raw.whole();
    if (kind === "truncated") {
      assertMatch(text, /^HTTP\/1\.1 200 OK\r\n[^]*content-length: 1000\r\n[^]*Thành c$/);
    } else assertEquals([text, raw.end], ["", "ConnectionReset"]);
  }
});

Deno.test("the partner cannot listen where another does", async () => {
  await using bench = await partnerBench();
  await assertRejects(() => partnerBench({ port: bench.partner.port }), Error);
});
