// What only the stand-in does: faults on demand, going down and up, saving its data, living through
// broken clients, running as a process of its own.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type Collection,
  type Document,
  Long,
  MongoClient,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  UUID,
} from "mongodb";
import { serialize } from "bson";
import { startMongo } from "../../dev/mongodb/server.ts";
import { withClient, withStandIn } from "../support/mongodb.ts";

const deadlineMs = 5_000;

Deno.test("a fault answers a command with an error as often as it was told", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      await control(server.controlUrl, "POST", "/faults", {
        command: "insert",
        error: { code: 91, codeName: "ShutdownInProgress", message: "going away" },
        times: 1,
      });
      const error = await assertRejects(
        () => db.collection("a").insertOne({}),
        MongoServerError,
        "going away",
      );
      assertEquals([error.code, error["codeName"]], [91, "ShutdownInProgress"]);
      await db.collection("a").insertOne({});
      assertEquals(await db.collection("a").countDocuments(), 1);
    }, { retryWrites: false })
  ));

Deno.test("a connection cut before a command leaves it undone, after it done", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      await control(server.controlUrl, "POST", "/faults", { command: "insert", cutBefore: true, times: 1 });
      await control(server.controlUrl, "POST", "/faults", { command: "insert", cutAfter: true, times: 1 });
      await assertRejects(() => db.collection("a").insertOne({ n: 1 }), MongoNetworkError);
      await assertRejects(() => db.collection("a").insertOne({ n: 2 }), MongoNetworkError);
      assertEquals((await db.collection("a").find().toArray()).map(({ n }) => n), [2]);
    }, { retryWrites: false })
  ));

Deno.test("a delayed command runs into the client's deadline", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      await control(server.controlUrl, "POST", "/faults", { command: "update", delayMs: 1_000 });
      const update = () => db.collection("a").updateOne({}, { $set: { a: 1 } });
      await assertRejects(update, MongoNetworkTimeoutError);
      await control(server.controlUrl, "DELETE", "/faults");
      await update();
    }, { socketTimeoutMS: 200 }) // the driver's timeoutMS has no effect in 7.9
  ));

Deno.test("a fault of the wrong shape is refused by name", () =>
  withStandIn(async (server) => {
    const body = JSON.stringify({ comand: "insert" });
    const response = await fetch(`${server.controlUrl}/faults`, { method: "POST", body });
    assertEquals(response.status, 400);
    assertStringIncludes(await response.text(), "comand");
    const unknown = await fetch(`${server.controlUrl}/nothing`);
    assertEquals([unknown.status, await unknown.json()], [404, { error: "GET /nothing is not known" }]);
  }));

Deno.test("while it is down connections are dropped and refused; after that the data are still there", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      await db.collection("a").insertOne({ n: 1 });
      await control(server.controlUrl, "POST", "/down");
      await assertRejects(() => db.collection("a").insertOne({ n: 2 }));
      await assertRejects(
        () => Deno.connect({ hostname: "127.0.0.1", port: server.port }),
        Deno.errors.ConnectionRefused,
      );
      await control(server.controlUrl, "POST", "/up");
      await db.collection("a").insertOne({ n: 3 });
      assertEquals((await db.collection("a").find().toArray()).map(({ n }) => n), [1, 3]);
    }, { serverSelectionTimeoutMS: 300, heartbeatFrequencyMS: 500 })
  ));

Deno.test("stats count the commands and the connections", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      await db.collection("a").insertMany([{}, {}]);
      await db.collection("a").findOne();
      const stats = await (await fetch(`${server.controlUrl}/stats`)).json();
      assertEquals([stats.isUp, stats.commands.insert, stats.commands.find], [true, 1, 1]);
      assert(stats.connections.current >= 1);
    })
  ));

Deno.test("a client that is cut off does not disturb the others", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      const broken = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      await broken.write(
        message({ insert: "a", documents: [{ n: 1 }], $db: db.databaseName }).subarray(0, 30),
      );
      broken.close();
      await db.collection("a").insertOne({ n: 2 });
      assertEquals((await db.collection("a").find().toArray()).map(({ n }) => n), [2]);
    })
  ));

Deno.test("frames of random bytes end their connection and nothing else", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      const valid = message({ insert: "a", documents: [{ n: 1 }], $db: "fuzz" });
      for (let round = 0; round < 300; round++) await sendBroken(server.port, damaged(valid, round));
      await db.collection("b").insertOne({ n: 1 });
      assertEquals(await db.collection("b").countDocuments(), 1);
    })
  ));

Deno.test("a compressed message is refused by name and the connection goes on", () =>
  withStandIn(async (server) => {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    const compressed = message({ ping: 1, $db: "admin" });
    new DataView(compressed.buffer).setInt32(12, 2012, true);
    await socket.write(compressed);
    assertStringIncludes(new TextDecoder().decode(await receive(socket)), "OP_COMPRESSED");
    await socket.write(message({ ping: 1, $db: "admin" }));
    assertEquals((await receive(socket)).length > 20, true);
  }));

Deno.test("an unacknowledged write is done without an answer", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      const result = await db.collection("a").insertOne({ n: 1 }, { writeConcern: { w: 0 } });
      assertEquals(result.acknowledged, false);
      await until(async () => await db.collection("a").countDocuments() === 1);
    }, { maxPoolSize: 1 })
  ));

Deno.test("a login is refused with a clear reason", () =>
  withStandIn(async (server) => {
    const uri = server.uri.replace("//", "//user:secret@");
    await assertRejects(
      () => withClient(uri, async ({ db }) => void await db.command({ ping: 1 })),
      Error,
      "authentication is not supported by the stand-in",
    );
  }));

Deno.test("a transaction is refused as by a server that stands alone", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      const command = { insert: "a", documents: [{}], txnNumber: Long.ONE, lsid: { id: new UUID() } };
      const error = await assertRejects(() => db.command(command), MongoServerError, "Transaction numbers");
      assertEquals(error.code, 20);
    })
  ));

Deno.test("what the stand-in does not do is refused by name", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      const refused: [Document, string][] = [
        [{ find: "a", collation: { locale: "vi" } }, "find.collation"],
        [{ find: "a", filter: { $where: "true" } }, "$where"],
        [{ find: "a", filter: { a: { $geoWithin: {} } } }, "$geoWithin"],
        [{ find: "a", filter: { a: { $regex: "a b", $options: "x" } } }, "/a b/x"],
        [{ aggregate: "a", pipeline: [{ $out: "b" }], cursor: {} }, "$out"],
        [{ aggregate: "a", pipeline: [{ $group: { _id: { $function: {} } } }], cursor: {} }, "$function"],
        [{ create: "a", capped: true }, "create.capped"],
        [{ createIndexes: "a", indexes: [{ key: { a: "text" }, name: "t" }] }, "text"],
      ];
      for (const [command, name] of refused) {
        const error = await assertRejects(() => db.command(command), MongoServerError, "not supported");
        assertStringIncludes(error.message, name);
      }
    })
  ));

Deno.test("a TTL index removes what has expired within seconds", () =>
  withStandIn((server) =>
    withClient(server.uri, async ({ db }) => {
      const logs = db.collection("task_logs");
      await logs.createIndex({ created_at: 1 }, { expireAfterSeconds: 3600 });
      const old = new Date(Date.now() - 3_600_001);
      await logs.insertMany([{ n: 1, created_at: old }, { n: 2, created_at: new Date() }, { n: 3 }]);
      await until(async () => await logs.countDocuments() === 2);
      assertEquals((await logs.find().toArray()).map(({ n }) => n), [2, 3]);
    })
  ));

Deno.test("data and indexes are there again after a stop and a start with the same file", async () => {
  const file = `${await Deno.makeTempDir()}/data.bson`;
  const first = await startMongo({ file });
  await withoutDropping(first.uri, async (logs) => {
    await logs.createIndex({ task_id: 1 }, { unique: true });
    await logs.insertMany([{ task_id: "1-0", at: new Date(0) }, { task_id: "2-0" }]);
  });
  await first.stop();
  const second = await startMongo({ file });
  await withoutDropping(second.uri, async (logs) => {
    assertEquals((await logs.find().sort({ task_id: 1 }).toArray()).map((doc) => doc["task_id"]), [
      "1-0",
      "2-0",
    ]);
    await assertRejects(() => logs.insertOne({ task_id: "1-0" }), MongoServerError, "E11000");
  });
  await second.stop();
  await Deno.writeFile(file, (await Deno.readFile(file)).subarray(0, 100));
  const error = await assertRejects(() => startMongo({ file }), Error, "loading the data file");
  assertStringIncludes(error.message, "damaged at byte");
  await Deno.remove(file.slice(0, file.lastIndexOf("/")), { recursive: true });
});

Deno.test("changes reach the file while the server runs", async () => {
  const directory = await Deno.makeTempDir();
  const server = await startMongo({ file: `${directory}/data.bson` });
  await withoutDropping(server.uri, async (logs) => void await logs.insertOne({ task_id: "1-0" }));
  await until(async () =>
    (await Deno.readTextFile(`${directory}/data.bson`).catch(() => "")).includes("1-0")
  );
  await server.stop();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("main.ts says when it is ready and ends on SIGTERM with its data saved", async () => {
  const directory = await Deno.makeTempDir();
  const main = new URL("../../dev/mongodb/main.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, "--port=0", "--control-port=0", `--file=${directory}/data.bson`],
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  const reader = lines.getReader();
  const ready = JSON.parse((await reader.read()).value ?? "");
  assertEquals(ready.ready, true);
  await withoutDropping(
    `mongodb://127.0.0.1:${ready.port}`,
    async (logs) => void await logs.insertOne({ task_id: "1-0" }),
  );
  assertEquals(
    (await (await fetch(`http://127.0.0.1:${ready.controlPort}/stats`)).json()).commands.insert,
    1,
  );
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
  await reader.cancel();
  assertStringIncludes(await Deno.readTextFile(`${directory}/data.bson`), "1-0");
  await Deno.remove(directory, { recursive: true });
});

async function control(url: string, method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(url + path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  assertEquals([response.status, await response.json()], [200, { done: true }]);
}

async function withoutDropping(
  uri: string,
  act: (logs: Collection) => Promise<void>,
): Promise<void> {
  const client = await MongoClient.connect(uri);
  await act(client.db("hermes").collection("task_logs"));
  await client.close();
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + deadlineMs; Date.now() < endMs;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the condition did not come true within ${deadlineMs} ms: ${condition}`);
}

/** An OP_MSG with one section of kind 0. */
function message(body: Document): Uint8Array<ArrayBuffer> {
  const section = serialize(body);
  const frame = new Uint8Array(21 + section.length);
  const view = new DataView(frame.buffer);
  view.setInt32(0, frame.length, true);
  view.setInt32(4, 1, true);
  view.setInt32(12, 2013, true);
  frame.set(section, 21);
  return frame;
}

/** The frame with some bytes changed, the same ones for the same round. */
function damaged(frame: Uint8Array, round: number): Uint8Array {
  const bytes = frame.slice();
  for (let i = 0; i <= round % 5; i++) {
    const at = (round * 7919 + i * 104_729) % bytes.length;
    bytes[at] = (round * 31 + i * 17) % 256;
  }
  return bytes;
}

/** Sends bytes and waits until the server has answered or hung up, or has had the chance to. */
async function sendBroken(port: number, bytes: Uint8Array): Promise<void> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  await socket.write(bytes);
  await socket.closeWrite();
  try {
    const rest = new Uint8Array(4096);
    while (await socket.read(rest) !== null);
  } catch {
    // reset by the server
  }
}

async function receive(socket: Deno.Conn): Promise<Uint8Array> {
  const buffer = new Uint8Array(4096);
  return buffer.subarray(0, await socket.read(buffer) ?? 0);
}
