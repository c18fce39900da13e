import { type SQL, sql } from "drizzle-orm";
import type { Pool, PoolClient } from "pg";

/** Tables that are cut by collection: each collection has one of its own, which leaves as a whole. */
export const partitioned = ["latents", "contexts", "examples"] as const;
export type Partitioned = (typeof partitioned)[number];

/** While a collection is loaded: the texts of its tokens with the numbers by which packed lists name them. */
type Own = Partitioned | "texts";

/** The collection's own table, read by name: no condition on the collection is needed. */
export function ownTable(table: Own, collectionId: string): SQL {
  return sql.raw(quotedOwnName(table, collectionId));
}

export function quotedOwnName(table: Own, collectionId: string): string {
  return `"${ownName(table, collectionId)}"`;
}

/** @throws RangeError when the id is not one of ours: it becomes part of a statement */
export function ownName(table: Own, collectionId: string): string {
  if (!/^[0-9a-z]{1,32}$/.test(collectionId)) throw new RangeError(`collection id "${collectionId}" is not of the form [0-9a-z]{1,32}`);
  return `${table}_${collectionId}`;
}

/** Works with whole collections on a connection of the pool: no statement there has a limit of time. */
export async function withClient<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query("SET statement_timeout = 0");
    const result = await work(client);
    await client.query("RESET statement_timeout");
    client.release();
    return result;
  } catch (error) {
    // After a broken COPY the connection's state is unknown.
    client.release(true);
    throw error;
  }
}

export async function inTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  return withClient(pool, async (client) => {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  });
}
