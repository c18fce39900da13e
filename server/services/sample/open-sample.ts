import { z } from "zod";
import type { RunSummary } from "@/lib/contract/run";
import { newId } from "@/server/db/new-id";
import { readRunSummary } from "@/server/db/runs/runs";
import { type CopiedRows, OtherVersionError } from "@/server/db/sample/copied-rows";
import { findSample, insertSample } from "@/server/db/sample/insert-sample";
import type { StoredSample } from "@/server/db/sample/stored-sample";
import { copyFiles, readSampleTable, sampleAdapter } from "@/server/files/sample-folder";
import type { ServiceContext } from "@/server/services/context";
import { found, withFileErrors } from "@/server/services/errors";
import { ofOtherVersion, readManifest, type SampleManifest, type SamplePlaces, samplePlaces, textsName } from "./sample-manifest";

/**
 * Opens the sample as a finished run with its statistics, which can be read, steered, measured and labelled like any other; its statistics are removed
 * only with the run. Where it is open already, that run is given.
 *
 * @throws ServiceError where the sample's files are missing or of another version, or the disk is full
 */
export async function openSample(context: ServiceContext, places: SamplePlaces = samplePlaces()): Promise<RunSummary> {
  const { db } = context.store;
  const manifest = await withFileErrors(() => readManifest(places));
  const runId = (await findSample(db, manifest.version)) ?? (await writeSampleRun(context, manifest, places));
  return found(await readRunSummary(db, runId), "such run");
}

/** @returns the id of its run: another request's where that one was first */
async function writeSampleRun({ store, artefacts }: ServiceContext, manifest: SampleManifest, places: SamplePlaces): Promise<string> {
  const stored = await withFileErrors(() => readStored(manifest, places.sample));
  const library = { model: { ...manifest.model, path: places.model }, dataSet: { ...manifest.dataSet, path: places.corpus } };
  const id = newId();
  try {
    await withFileErrors(() =>
      artefacts.putFolder(`runs/${id}/adapter`, (temporary) => copyFiles(sampleAdapter(places.sample), temporary)),
    );
    return await withFileErrors(() =>
      insertSample(store, id, manifest.version, stored, library).catch((error: unknown) => {
        throw error instanceof OtherVersionError ? ofOtherVersion(places.sample, error) : error;
      }),
    );
  } finally {
    // It may have been written although an error followed.
    if ((await findSample(store.db, manifest.version)) !== id) artefacts.delete(`runs/${id}`);
  }
}

async function readStored({ run, collection, columns }: SampleManifest, folder: string): Promise<StoredSample> {
  const tables: Record<string, CopiedRows> = {};
  for (const [name, listed] of Object.entries(columns)) tables[name] = { columns: listed, rows: await readSampleTable(folder, name) };
  const texts = z.array(z.string()).parse(JSON.parse((await readSampleTable(folder, textsName)).toString()));
  return { run, collection, tables, texts };
}
