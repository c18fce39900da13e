import { and, desc, eq, or, sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { collections } from "@/server/db/tables/collection-tables";
import { runs } from "@/server/db/tables/run-tables";

/**
 * Finished collections of runs that go by a name: a run's or collection's id or name; or whose run has the id `subject`. Newest first.
 *
 * @returns with each whether it goes by the name itself
 */
export async function findCollections(
  db: Database,
  { named, subject }: { named: string; subject: string },
): Promise<{ id: string; isNamed: boolean }[]> {
  const isNamed = or(eq(runs.id, named), eq(runs.name, named), eq(collections.id, named), eq(collections.name, named));
  return db
    .select({ id: collections.id, isNamed: sql<boolean>`${isNamed}` })
    .from(collections)
    .innerJoin(runs, eq(collections.runId, runs.id))
    .where(and(eq(collections.status, "finished"), or(isNamed, eq(runs.id, subject))))
    .orderBy(desc(collections.createdAt));
}
