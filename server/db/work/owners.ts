import { and, isNull, notInArray } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { isUnfinishedCollection } from "@/server/db/latents/collections";
import { collections } from "@/server/db/tables/collection-tables";
import { dataSets, models } from "@/server/db/tables/library-tables";
import { runs } from "@/server/db/tables/run-tables";
import { tasks } from "@/server/db/tables/work-tables";
import { isUnfinishedJob } from "./jobs";

/** What the rows of the database say about the files in the data folder. */
export type Owners = {
  readonly runIds: ReadonlySet<string>;
  /** Of collections that are queued or running. */
  readonly collectionIds: ReadonlySet<string>;
  /** Where models and data sets lie. */
  readonly paths: readonly string[];
  /** Of unfinished jobs: their ids, and all that their inputs name. */
  readonly tasks: readonly string[];
};

export async function readOwners(db: Database): Promise<Owners> {
  const ofRuns = await db.select({ id: runs.id }).from(runs);
  const ofCollections = await db.select({ id: collections.id }).from(collections).where(isUnfinishedCollection);
  const ofModels = await db.select({ path: models.path }).from(models);
  const ofDataSets = await db.select({ path: dataSets.path }).from(dataSets);
  const ofTasks = await db.select({ id: tasks.id, input: tasks.input }).from(tasks).where(isUnfinishedJob);
  return {
    runIds: new Set(ofRuns.map(({ id }) => id)),
    collectionIds: new Set(ofCollections.map(({ id }) => id)),
    paths: [...ofModels, ...ofDataSets].map(({ path }) => path),
    tasks: ofTasks.map(({ id, input }) => `${id} ${JSON.stringify(input)}`),
  };
}

/** Imported dictionaries that are not whole, and that no job is importing any more: it was killed too often, or cancelled while its worker died. */
export async function listHalfImported(db: Database): Promise<string[]> {
  const importing = db.select({ id: tasks.id }).from(tasks).where(isUnfinishedJob);
  const found = await db
    .select({ id: collections.id })
    .from(collections)
    .where(and(isNull(collections.runId), isUnfinishedCollection, notInArray(collections.id, importing)));
  return found.map(({ id }) => id);
}
