import { sql } from "drizzle-orm";
import type { DatabaseSnapshot } from "@/lib/contract/snapshot";
import { type Database, onlyRow } from "./client";

/** Reads everything from one snapshot of the database, and says which: live events tell of the transactions that it does not include. */
export async function readWithSnapshot<Value extends object>(
  db: Database,
  read: (db: Database) => Promise<Value>,
): Promise<Value & { snapshot: DatabaseSnapshot }> {
  return db.transaction(
    async (transaction) => {
      const snapshot = await readSnapshot(transaction);
      return { ...(await read(transaction)), snapshot };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

/** What a statement sees now. */
export async function readSnapshot(db: Database): Promise<DatabaseSnapshot> {
  const { rows } = await db.execute<{ text: string }>(sql`SELECT pg_current_snapshot()::text AS text`);
  // xmin:xmax:xip,xip…
  const [, next = "", open = ""] = onlyRow(rows).text.split(":");
  return { next: Number(next), open: open === "" ? [] : open.split(",").map(Number) };
}
