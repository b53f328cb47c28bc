// The SQL Server stand-in under TLS: what a production configuration (encrypt, a CA of one's own) does through npm:mssql.
// @ts-types="@types/mssql"
import sql from "mssql";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { errorOf, rows, value, withPool, withStandIn } from "../support/sqlserver.ts";
import { PACKET, packet, preloginBytes, TdsClient } from "../support/tds_client.ts";

const ENCRYPT_ON = 1;

/** The driver's configuration with these TLS options. */
function encrypted(config: sql.config, options: Record<string, unknown>, server = "127.0.0.1"): sql.config {
  return { ...config, server, options: { encrypt: true, ...options } } as sql.config;
}

Deno.test("the SQL Server stand-in speaks TLS to a client that wants it", async () => {
  await withStandIn({}, async ({ config }) => {
    await withPool(encrypted(config, { trustServerCertificate: true }), async (pool) => {
      await rows(pool, "CREATE TABLE r (id int PRIMARY KEY, t nvarchar(max))");
      const text = "Đơn thuốc ".repeat(50_000);
      await rows(pool, "INSERT INTO r VALUES (1, @t)", { t: [sql.NVarChar(sql.MAX), text] });
      assertEquals(await value(pool, "SELECT t FROM r") === text, true);
      assertEquals((await errorOf(pool, "INSERT INTO r VALUES (1, NULL)")).number, 2627);
    });
  });
});

Deno.test("ten encrypted SQL Server connections work side by side", async () => {
  await withStandIn({}, async ({ config }) => {
    await withPool(encrypted(config, { trustServerCertificate: true }), async (pool) => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => value(pool, `SELECT ${i}`)));
      assertEquals(answers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });
  });
});

Deno.test("the SQL Server stand-in's certificate is verified by those who were given it, and refused by others", async () => {
  await withStandIn({ log: () => {} }, async ({ config, server }) => {
    const ca = await (await fetch(`${server.controlUrl}/certificate`)).text();
    for (const host of ["localhost", "127.0.0.1"]) {
      const trusting = encrypted(
        config,
        { trustServerCertificate: false, cryptoCredentialsDetails: { ca } },
        host,
      );
      await withPool(trusting, async (pool) => assertEquals(await value(pool, "SELECT 1"), 1));
    }
    const error = await assertRejects(() =>
      withPool(encrypted(config, { trustServerCertificate: false }, "localhost"), () => Promise.resolve())
    );
    assertMatch(String(error), /certificate/i);
    await withPool(config, async (pool) => assertEquals(await value(pool, "SELECT 1"), 1));
  });
});

Deno.test("a TLS handshake that is never finished does not keep the SQL Server stand-in from stopping", async () => {
  const lines: string[] = [];
  const client = await withStandIn({ log: (line) => lines.push(line) }, async ({ server }) => {
    const client = await TdsClient.connect(server.port);
    const prelogin = preloginBytes();
    prelogin[prelogin.length - 1] = ENCRYPT_ON;
    await client.send(packet(PACKET.prelogin, prelogin));
    await client.answer();
    // The head of a TLS record that promises more.
    await client.send(packet(PACKET.prelogin, Uint8Array.of(22, 3, 1, 2, 0, 1)));
    return client;
  });
  await client.ended();
  client.close();
  assertEquals(lines.filter((line) => !/TLS handshake/.test(line)), []);
});

Deno.test("a broken TLS handshake ends one SQL Server connection only", async () => {
  const lines: string[] = [];
  await withStandIn({ log: (line) => lines.push(line) }, async ({ pool, server }) => {
    const client = await TdsClient.connect(server.port);
    const prelogin = preloginBytes();
    prelogin[prelogin.length - 1] = ENCRYPT_ON;
    await client.send(packet(PACKET.prelogin, prelogin));
    await client.answer();
    await client.send(packet(PACKET.prelogin, crypto.getRandomValues(new Uint8Array(300))));
    await client.ended();
    client.close();
    assertEquals(lines.length, 1);
    assertMatch(lines[0] ?? "", /TLS handshake/);
    assertEquals(await value(pool, "SELECT 1"), 1);
  });
});
