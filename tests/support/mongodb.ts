// The MongoDB server of a contract test: the one at TEST_MONGO_URI, else a stand-in of the test's own.
// Either way the test has a database of its own, which is dropped at the end.

import { type Db, MongoClient, type MongoClientOptions } from "mongodb";
import { type MongoServer, startMongo } from "../../dev/mongodb/server.ts";

export interface MongoForTest {
  readonly client: MongoClient;
  readonly db: Db;
  readonly uri: string;
}

/** Runs a test against the real server if there is one, else against a stand-in. */
export async function withMongo(test: (mongo: MongoForTest) => Promise<void>): Promise<void> {
  const given = Deno.env.get("TEST_MONGO_URI");
  if (given) return await withClient(given, test);
  await withStandIn(({ uri }) => withClient(uri, test));
}

/** Runs a test against a stand-in that it may also break. */
export async function withStandIn(test: (server: MongoServer) => Promise<void>): Promise<void> {
  const server = await startMongo();
  try {
    await test(server);
  } finally {
    await server.stop();
  }
}

/** Runs a test with a client and a database that no other test uses. */
export async function withClient(
  uri: string,
  test: (mongo: MongoForTest) => Promise<void>,
  options: MongoClientOptions = {},
): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5_000, ...options });
  const db = client.db(`hermes_test_${crypto.randomUUID().slice(0, 8)}`);
  try {
    await test({ client, db, uri });
    await db.dropDatabase();
  } finally {
    await client.close();
  }
}
