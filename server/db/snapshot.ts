import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type { DatabaseSnapshot } from "@/lib/contract/snapshot";
import { type Database, onlyRow, type Store } from "./client";

/** One round trip for both: pages wait for these reads, and each round trip waits for its turn. */
const beginWithSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_current_snapshot()::text AS text";

/** Reads everything from one snapshot of the database, and says which: live events tell of the transactions that it does not include. */
export async function readWithSnapshot<Value extends object>(
  { pool }: Pick<Store, "pool">,
  read: (db: Database) => Promise<Value>,
): Promise<Value & { snapshot: DatabaseSnapshot }> {
  const client = await pool.connect();
  let end = "ROLLBACK";
  try {
    // Of several statements, pg gives an array of results, which its types do not say.
    const results: unknown = await client.query(beginWithSnapshot);
    const { rows } = (results as [unknown, { rows: { text: string }[] }])[1];
    const value = { ...(await read(drizzle(client))), snapshot: snapshotOf(onlyRow(rows).text) };
    end = "COMMIT";
    return value;
  } finally {
    // Nothing was written: the answer need not wait for the end. A connection that cannot end it is closed.
    void client.query(end).then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }
}

/** What a statement sees now. */
export async function readSnapshot(db: Database): Promise<DatabaseSnapshot> {
  const { rows } = await db.execute<{ text: string }>(sql`SELECT pg_current_snapshot()::text AS text`);
  return snapshotOf(onlyRow(rows).text);
}

/** @param text PostgreSQL's `xmin:xmax:xip,xip…` */
function snapshotOf(text: string): DatabaseSnapshot {
  const [, next = "", open = ""] = text.split(":");
  return { next: Number(next), open: open === "" ? [] : open.split(",").map(Number) };
}
