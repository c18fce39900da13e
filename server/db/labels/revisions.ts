import { eq, sql } from "drizzle-orm";
import { type Database, onlyRow } from "@/server/db/client";
import { revisions } from "@/server/db/tables/label-tables";

export type RevisionKey = `labels ${string}` | `effects ${string}`;

/**
 * Raises a key's count of changes.
 *
 * @param db a transaction, in which the change is made: until it ends, no other change of the key is
 */
export async function nextRevision(db: Database, key: RevisionKey): Promise<number> {
  const rows = await db
    .insert(revisions)
    .values({ key, revision: 1 })
    .onConflictDoUpdate({ target: revisions.key, set: { revision: sql`${revisions.revision} + 1` } })
    .returning({ revision: revisions.revision });
  return onlyRow(rows).revision;
}

/** 0 where nothing was ever changed. */
export async function readRevision(db: Database, key: RevisionKey): Promise<number> {
  const rows = await db.select({ revision: revisions.revision }).from(revisions).where(eq(revisions.key, key));
  return rows[0]?.revision ?? 0;
}
