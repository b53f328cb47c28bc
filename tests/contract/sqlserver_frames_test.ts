// The SQL Server stand-in's wire protocol, byte by byte: what is no TDS ends one connection and never the server.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as fc from "fast-check";
import { Buffer } from "node:buffer";
import { password, value, withStandIn } from "../support/sqlserver.ts";
import {
  batchBytes,
  loginBytes,
  PACKET,
  packet,
  preloginBytes,
  STATUS,
  TdsClient,
} from "../support/tds_client.ts";

async function withClient(port: number, test: (client: TdsClient) => Promise<void>): Promise<void> {
  const client = await TdsClient.connect(port);
  try {
    await test(client);
  } finally {
    client.close();
  }
}

function textOf(answer: Uint8Array): string {
  return Buffer.from(answer).toString("utf16le") + Buffer.from(answer.subarray(1)).toString("utf16le");
}

Deno.test("the SQL Server stand-in answers a batch that comes in packets of any size", async () => {
  await withStandIn({}, async ({ server }) => {
    await withClient(server.port, async (client) => {
      await client.login("sa", password);
      const data = batchBytes(`SELECT N'${"đơn ".repeat(2000)}hết' AS x`);
      for (let at = 0; at < data.length; at += 700) {
        const last = at + 700 >= data.length;
        await client.send(packet(PACKET.batch, data.subarray(at, at + 700), last ? STATUS.end : 0));
      }
      assertStringIncludes(textOf(await client.answer()), "hết");
    });
  });
});

Deno.test("the SQL Server stand-in takes one byte at a time", async () => {
  await withStandIn({}, async ({ server }) => {
    await withClient(server.port, async (client) => {
      await client.login("sa", password);
      for (const byte of packet(PACKET.batch, batchBytes("SELECT N'xong' AS x"))) {
        await client.send(Uint8Array.of(byte));
      }
      assertStringIncludes(textOf(await client.answer()), "xong");
    });
  });
});

Deno.test("the SQL Server stand-in gives a fresh session to a batch with the reset flag", async () => {
  await withStandIn({}, async ({ server, pool }) => {
    await value(pool, "CREATE TABLE r (id int PRIMARY KEY)");
    await withClient(server.port, async (client) => {
      await client.login("sa", password);
      const batch = async (text: string, status: number = STATUS.end) => {
        await client.send(packet(PACKET.batch, batchBytes(text), status));
        return textOf(await client.answer());
      };
      await batch("BEGIN TRAN; INSERT INTO r VALUES (1); SET NOCOUNT ON");
      assertStringIncludes(await batch("SELECT CONCAT(N'offen: ', @@TRANCOUNT)"), "offen: 1");
      assertStringIncludes(
        await batch("SELECT CONCAT(N'offen: ', @@TRANCOUNT)", STATUS.end | STATUS.reset),
        "offen: 0",
      );
      assertEquals(await value(pool, "SELECT COUNT(*) FROM r"), 0);
    });
  });
});

Deno.test("the SQL Server stand-in ends the transaction of a client that goes away", async () => {
  await withStandIn({}, async ({ server, pool }) => {
    await value(pool, "CREATE TABLE r (id int PRIMARY KEY)");
    await withClient(server.port, async (client) => {
      await client.login("sa", password);
      await client.send(packet(PACKET.batch, batchBytes("BEGIN TRAN; INSERT INTO r VALUES (1)")));
      await client.answer();
    });
    // Waits for the writer, which is free once the lost session is rolled back.
    await value(pool, "INSERT INTO r VALUES (1)");
    assertEquals(await value(pool, "SELECT COUNT(*) FROM r"), 1);
  });
});

Deno.test("the SQL Server stand-in answers an attention when nothing runs", async () => {
  await withStandIn({}, async ({ server }) => {
    await withClient(server.port, async (client) => {
      await client.login("sa", password);
      await client.send(packet(PACKET.attention, new Uint8Array(0)));
      const answer = await client.answer();
      assertEquals([answer[0], (answer[1] ?? 0) & 0x20], [0xfd, 0x20]);
    });
  });
});

Deno.test("the SQL Server stand-in carries out nothing that its sender gave up", async () => {
  await withStandIn({}, async ({ server, pool }) => {
    await value(pool, "CREATE TABLE r (id int PRIMARY KEY)");
    await withClient(server.port, async (client) => {
      await client.login("sa", password);
      await client.send(
        packet(PACKET.batch, batchBytes("INSERT INTO r VALUES (1)"), STATUS.end | STATUS.ignore),
      );
      assertEquals((await client.answer())[0], 0xfd);
    });
    assertEquals(await value(pool, "SELECT COUNT(*) FROM r"), 0);
  });
});

const validFrames = [
  packet(PACKET.prelogin, preloginBytes()),
  packet(PACKET.login, loginBytes("sa", password, "hermes")),
  packet(PACKET.batch, batchBytes("SELECT 1")),
];

Deno.test("no bytes bring the SQL Server stand-in down", async () => {
  await withStandIn({ log: () => {} }, async ({ server, pool }) => {
    const frame = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.constantFrom(1, 3, 6, 7, 14, 16, 18), fc.uint8Array({ maxLength: 120 })).map((
        [type, data],
      ) => packet(type, data)),
      fc.tuple(fc.constantFrom(...validFrames), fc.nat(200)).map(([bytes, cut]) =>
        bytes.subarray(0, Math.min(cut, bytes.length))
      ),
      fc.constantFrom(...validFrames),
    );
    const session = fc.record({
      greeted: fc.boolean(),
      frames: fc.array(frame, { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(session, async ({ greeted, frames }) => {
        await withClient(server.port, async (client) => {
          if (greeted) await client.login("sa", password);
          for (const bytes of frames) await client.send(bytes).catch(() => {});
        });
        assertEquals(await value(pool, "SELECT 42"), 42);
      }),
      { numRuns: 150 },
    );
  });
});

Deno.test("no RPC parameters bring the SQL Server stand-in down", async () => {
  await withStandIn({ log: () => {} }, async ({ server, pool }) => {
    const head = batchBytes("").subarray(0, 22);
    const rpc = fc.tuple(fc.constantFrom(10, 11, 12, 13, 15, 99), fc.uint8Array({ maxLength: 80 }))
      .map(([id, data]) => packet(3, Buffer.concat([head, Uint8Array.of(0xff, 0xff, id, 0, 0, 0), data])));
    await fc.assert(
      fc.asyncProperty(rpc, async (bytes) => {
        await withClient(server.port, async (client) => {
          await client.login("sa", password);
          await client.send(bytes);
        });
        assertEquals(await value(pool, "SELECT 42"), 42);
      }),
      { numRuns: 150 },
    );
  });
});

Deno.test("the SQL Server stand-in ends a connection that does not begin with PRELOGIN, and says why in one line", async () => {
  const lines: string[] = [];
  await withStandIn({ log: (line) => lines.push(line) }, async ({ server }) => {
    await withClient(server.port, async (client) => {
      await client.send(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
      await client.ended();
    });
    assertEquals(lines, ["connection ended: packet type 71"]);
    assert((await (await fetch(`${server.controlUrl}/stats`)).json()).connections.total >= 1);
  });
});
