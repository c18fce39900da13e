import { and, eq, lt, sql } from "drizzle-orm";
import { type Database, onlyRow } from "@/server/db/client";
import { startedRequests } from "@/server/db/tables/work-tables";

/** What a request that started work was, and what it was answered. */
export type StartedRequest = { readonly request: string; readonly answer: unknown };

const isForgotten = lt(startedRequests.createdAt, sql`now() - interval '24 hours'`);

/**
 * Claims a key for a request, in the transaction that starts the work. While another transaction has claimed the key it waits for its end.
 *
 * @param request a digest of all that was sent
 * @returns what was started with the key within the last 24 hours; undefined when the key is this request's now
 */
export async function claimKey(db: Database, key: string, request: string): Promise<StartedRequest | undefined> {
  await db.delete(startedRequests).where(and(eq(startedRequests.key, key), isForgotten));
  const claimed = await db.insert(startedRequests).values({ key, request }).onConflictDoNothing().returning({ key: startedRequests.key });
  if (claimed.length > 0) return undefined;
  return onlyRow(await db.select().from(startedRequests).where(eq(startedRequests.key, key)));
}

/** Keeps what the request of a claimed key is answered. */
export async function keepAnswer(db: Database, key: string, answer: unknown): Promise<void> {
  await db.update(startedRequests).set({ answer }).where(eq(startedRequests.key, key));
}

export async function forgetOldKeys(db: Database): Promise<void> {
  await db.delete(startedRequests).where(isForgotten);
}
