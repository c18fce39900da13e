import { existsSync } from "node:fs";
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type { PoolClient } from "pg";
import type { Database, Store } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { attachOwnTables, createOwnTables, vacuumOwnTables } from "@/server/db/latents/fill-own-tables";
import { inTransaction, quotedOwnName } from "@/server/db/latents/own-tables";
import { findDataSetByPath, upsertDataSet } from "@/server/db/library/data-sets";
import { findModelByRevision, upsertModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { collections } from "@/server/db/tables/collection-tables";
import { effects, revisions } from "@/server/db/tables/label-tables";
import { runs } from "@/server/db/tables/run-tables";
import { copyIn, OtherVersionError, tablesOfCollection, tablesOfRun } from "./copied-rows";
import type { SampleLibrary, StoredSample } from "./stored-sample";

/** Any constant of ours; of several requests that open the sample at once, one writes it. */
const lockKey = 7_405_312;

/** The run that a sample was opened as, while it is there. */
export async function findSample(db: Database, version: string): Promise<string | undefined> {
  return (await db.select({ id: runs.id }).from(runs).where(eq(runs.sample, version)).limit(1))[0]?.id;
}

/**
 * Writes a sample as a finished run with its collection, its model and its data, all in one transaction.
 *
 * @param runId under which its files lie
 * @param version of the sample: one that is there already stays as it is
 * @returns the id of its run, which is another where it was there
 * @throws OtherVersionError where its rows do not fit the tables
 */
export async function insertSample(
  store: Store,
  runId: string,
  version: string,
  sample: StoredSample,
  library: SampleLibrary,
): Promise<string> {
  const collectionId = newId();
  const known = await inTransaction(store.pool, async (client) => {
    const db: Database = drizzle(client);
    await client.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
    const before = await findSample(db, version);
    if (before !== undefined) return before;
    await insertRun(db, runId, version, sample, library);
    for (const table of tablesOfRun) await copyIn(client, table, runId, rowsOf(sample, table.name));
    await insertCollection(db, client, { id: collectionId, runId }, sample);
    await notify(db, { kind: "run", runId });
    return undefined;
  });
  if (known !== undefined) return known;
  await vacuumOwnTables(store, collectionId);
  return runId;
}

async function insertRun(
  db: Database,
  id: string,
  version: string,
  { run: { config, ...run } }: StoredSample,
  library: SampleLibrary,
): Promise<void> {
  const modelId = await keepModel(db, library.model);
  const dataSetId = await keepDataSet(db, library.dataSet);
  const { data } = config;
  const placed = data?.kind === "dataSet" ? { ...data, dataSetId, path: library.dataSet.path } : data;
  await db.insert(runs).values({
    ...run,
    id,
    config: { ...config, model: modelId, data: placed },
    modelId,
    dataSetId,
    status: "finished",
    sample: version,
  });
}

/** The model of this revision; one whose files are gone gets their new place. */
async function keepModel(db: Database, model: SampleLibrary["model"]): Promise<string> {
  const known = await findModelByRevision(db, model.revision);
  if (known !== undefined && existsSync(known.path)) return known.id;
  const id = known?.id ?? newId();
  await upsertModel(db, { ...model, id, name: known?.name ?? model.name });
  return id;
}

async function keepDataSet(db: Database, dataSet: SampleLibrary["dataSet"]): Promise<string> {
  const known = await findDataSetByPath(db, dataSet.path);
  if (known !== undefined) return known.id;
  const id = newId();
  await upsertDataSet(db, { ...dataSet, id });
  return id;
}

async function insertCollection(
  db: Database,
  client: PoolClient,
  { id, runId }: { id: string; runId: string },
  sample: StoredSample,
): Promise<void> {
  const { collection, texts } = sample;
  await db.insert(collections).values({ ...collection, id, runId, origin: { kind: "run", runId }, status: "finished" });
  await createOwnTables(client, id);
  const numbers = texts.map((_, number) => number);
  await client.query(`INSERT INTO ${quotedOwnName("texts", id)} SELECT * FROM unnest($1::int[], $2::text[])`, [numbers, texts]);
  for (const table of tablesOfCollection) await copyIn(client, table, id, rowsOf(sample, table.name));
  const [newest] = await db
    .select({ revision: sql<string | null>`max(${effects.revision})` })
    .from(effects)
    .where(eq(effects.collectionId, id));
  if (newest?.revision) await db.insert(revisions).values({ key: `effects ${id}`, revision: Number(newest.revision) });
  await attachOwnTables(client, id, collection.modules);
}

function rowsOf({ tables }: StoredSample, name: string) {
  const rows = tables[name];
  if (rows === undefined) throw new OtherVersionError(`the sample has no rows of ${name}`);
  return rows;
}
