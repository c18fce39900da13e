import { and, desc, eq, inArray, or, sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { collections } from "@/server/db/tables/collection-tables";
import { runs } from "@/server/db/tables/run-tables";
import type { CollectionRow } from "./collections";

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

/** A collection, and the name of its run, or its own where it is a dictionary. */
export type CollectionOf = { readonly collection: CollectionRow; readonly within: string };

/** Each run's newest finished collection and each finished dictionary, newest first. @returns the first `limit`, and how many more there are */
export async function newestCollections(db: Database, limit: number): Promise<{ found: CollectionOf[]; more: number }> {
  const newest = db
    .selectDistinctOn([sql`coalesce(${collections.runId}, ${collections.id})`], { id: collections.id })
    .from(collections)
    .where(eq(collections.status, "finished"))
    .orderBy(sql`coalesce(${collections.runId}, ${collections.id})`, desc(collections.createdAt));
  const ofEach = inArray(collections.id, newest);
  const [rows, total] = await Promise.all([
    db
      .select({ collection: collections, run: runs.name })
      .from(collections)
      .leftJoin(runs, eq(collections.runId, runs.id))
      .where(ofEach)
      .orderBy(desc(collections.createdAt), desc(collections.id))
      .limit(limit),
    db.$count(collections, ofEach),
  ]);
  const found = rows.map(({ collection, run }) => ({ collection, within: run ?? collection.name }));
  return { found, more: total - found.length };
}
