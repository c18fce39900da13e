import { createHash } from "node:crypto";
import type { LatentRef } from "@/lib/contract/edit";
import { latentQuery } from "@/lib/contract/latent";
import type { SampleLatent } from "@/lib/contract/sample";
import { latestFinishedCollection, toCollectionSummary } from "@/server/db/latents/collections";
import { readDataSet } from "@/server/db/library/data-sets";
import { readModel } from "@/server/db/library/models";
import { readRun } from "@/server/db/runs/runs";
import { readSample } from "@/server/db/sample/read-sample";
import { writeSample } from "@/server/files/sample-folder";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { getLatent } from "@/server/services/latents/get-latent";
import { type SampleManifest, sampleManifest, textsName } from "./sample-manifest";

/** Examples of its latent that the first page shows. */
const shownExamples = 6;

/** The latent on the first page, and what an edit of it does. */
export type ShownLatent = { readonly latent: LatentRef } & Pick<SampleLatent, "steering">;

/**
 * Packs a finished run and its newest statistics as the sample: everything but the ids, paths, median step time and memory of the machine that it was
 * trained on. The seconds in its tables stay.
 *
 * @param folder the sample in it is replaced
 */
export async function packSample(context: ServiceContext, runId: string, folder: string, shown: ShownLatent): Promise<SampleManifest> {
  const { store, artefacts } = context;
  const stored = await readSample(store, runId);
  const { run, collection } = stored;
  const columns = Object.fromEntries(Object.entries(stored.tables).map(([name, table]) => [name, table.columns]));
  const tables = {
    ...Object.fromEntries(Object.entries(stored.tables).map(([name, { rows }]) => [name, rows])),
    [textsName]: Buffer.from(JSON.stringify(stored.texts)),
  };
  const row = found(await readRun(store.db, runId), "such run");
  const unversioned = {
    run: {
      ...run,
      name: `Sample: ${run.name}`,
      cost: run.cost && { ...run.cost, medianStepMs: null, tokensPerSecond: null, peakMemoryBytes: null, besideShare: undefined },
      config: withoutPlaces(run.config),
    },
    collection,
    model: found(await readModel(store.db, row.modelId ?? ""), "such model"),
    dataSet: found(await readDataSet(store.db, row.dataSetId ?? ""), "such dataset"),
    columns,
  };
  const hash = createHash("sha256").update(JSON.stringify(unversioned));
  for (const rows of Object.values(tables)) hash.update(rows);
  // As JSON it has texts for dates; parsing leaves out what the manifest does not name.
  const written = JSON.parse(JSON.stringify({ ...unversioned, version: hash.digest("hex").slice(0, 12) }));
  const manifest = sampleManifest.parse(written);
  const latent = await latentOf(context, runId, shown);
  writeSample(folder, { manifest, latent, tables }, artefacts.path(`runs/${runId}/adapter`));
  return manifest;
}

/** Its model and data get ids and paths where it is opened. */
function withoutPlaces(config: SampleManifest["run"]["config"]): SampleManifest["run"]["config"] {
  const { data } = config;
  if (data?.kind !== "dataSet") return { ...config, model: "sample" };
  const { path: _, dataSetId: _id, ...rest } = data;
  return { ...config, model: "sample", data: rest };
}

async function latentOf(context: ServiceContext, runId: string, { latent, steering }: ShownLatent): Promise<SampleLatent> {
  const collection = found(await latestFinishedCollection(context.store.db, runId), "finished collection");
  const detail = await getLatent(context, latent, latentQuery.parse({ collectionId: collection.id }));
  return {
    collection: { ...toCollectionSummary(collection), id: "sample", origin: { kind: "run", runId: "sample" } },
    steering,
    detail: {
      ...detail,
      examples: detail.examples.slice(0, shownExamples),
      bands: [],
      quiet: [],
      related: { ...detail.related, decoder: [], encoder: [], firesWith: [] },
      place: null,
      previous: null,
      next: null,
    },
  };
}
