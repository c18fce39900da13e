import type { Store } from "@/server/db/client";
import { latestFinishedCollection } from "@/server/db/latents/collections";
import { readTexts } from "@/server/db/latents/columns";
import { withClient } from "@/server/db/latents/own-tables";
import { readRun } from "@/server/db/runs/runs";
import { type CopiedRows, copyOut, tablesOfCollection, tablesOfRun } from "./copied-rows";
import type { StoredSample } from "./stored-sample";

/** A finished run with its newest collection. @throws Error where either is missing */
export async function readSample(store: Store, runId: string): Promise<StoredSample> {
  const run = await readRun(store.db, runId);
  const collection = await latestFinishedCollection(store.db, runId);
  if (run?.status !== "finished" || collection === undefined) throw new Error(`run ${runId} is not finished, or has no statistics`);
  const tables = await withClient(store.pool, async (client) => {
    const copied: Record<string, CopiedRows> = {};
    for (const table of tablesOfRun) copied[table.name] = await copyOut(client, table, run.id);
    for (const table of tablesOfCollection) copied[table.name] = await copyOut(client, table, collection.id);
    return copied;
  });
  return { run, collection, tables, texts: await readTexts(store, collection) };
}
