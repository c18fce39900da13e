import type { KnownParts } from "@/lib/contract/endpoints/endpoint";
import { latentQuery } from "@/lib/contract/latent";
import { hasAdapter, type RunSummary } from "@/lib/contract/run";
import { generationPage } from "@/lib/contract/steering";
import { listBenchmarks } from "@/server/db/benchmarks/benchmarks";
import { listDetections } from "@/server/db/concepts/detections";
import { latestFinishedCollection } from "@/server/db/latents/collections";
import { listDataSets } from "@/server/db/library/data-sets";
import { listModels } from "@/server/db/library/models";
import { listRuns } from "@/server/db/runs/runs";
import { listGenerations } from "@/server/db/steering/generations";
import { listSavedEdits } from "@/server/db/steering/saved-edits";
import { listStudies } from "@/server/db/steering/studies";
import type { ServiceContext } from "@/server/services/context";
import { exportedCollection } from "@/server/services/interop/exported-collection";
import { listLatents } from "@/server/services/latents/list-latents";

/** Existing things for examples to refer to: the newest suitable run, with one of its latents that fires. */
export type KnownIds = { readonly ids: KnownParts; readonly runName: string | null; readonly modelPath: string | null };

export async function knownIds(context: ServiceContext): Promise<KnownIds> {
  const { db } = context.store;
  const [runs, models, dataSets, benchmarks] = await Promise.all([listRuns(db), listModels(db), listDataSets(db), listBenchmarks(db)]);
  const run = bestOf(runs);
  const model = models.find(({ id }) => id === run?.modelId) ?? models[0];
  const talking = models.filter(({ hasChatTemplate }) => hasChatTemplate).map(({ id }) => id);
  const ids: KnownParts = {
    ...part("run", run?.id),
    ...part("chatRun", (bestOf(runs.filter(({ modelId }) => modelId !== null && talking.includes(modelId))) ?? run)?.id),
    ...part("model", model?.id),
    ...part("dataSet", dataSets[0]?.id),
    ...part("benchmark", benchmarks[0]?.id),
    ...(run === undefined ? {} : { ...(await ofRun(context, run.id)), ...(await ofCollection(context, run.id)) }),
  };
  return { ids, runName: run?.name ?? null, modelPath: model?.path ?? null };
}

/** The newest that is finished, one with a collection before others; `runs` are newest first. */
function bestOf(runs: readonly RunSummary[]): RunSummary | undefined {
  const finished = runs.filter(hasAdapter);
  return finished.find(({ collection }) => collection?.status === "finished") ?? finished[0];
}

async function ofRun({ store: { db } }: ServiceContext, runId: string): Promise<KnownParts> {
  const [saved, { generations }, studies, detections] = await Promise.all([
    listSavedEdits(db, runId),
    listGenerations(db, runId, generationPage.parse({ limit: 1 })),
    listStudies(db, runId),
    listDetections(db, runId),
  ]);
  return {
    ...part("saved", saved[0]?.id),
    ...part("generation", generations[0]?.id),
    ...part("study", studies[0]?.id),
    ...part("detection", detections[0]?.id),
  };
}

async function ofCollection(context: ServiceContext, runId: string): Promise<KnownParts> {
  const collection = await latestFinishedCollection(context.store.db, runId);
  if (collection === undefined) return {};
  const query = latentQuery.parse({ collectionId: collection.id, sort: "outputShare", limit: 1 });
  const latent = (await listLatents(context, query)).rows[0];
  const { places } = await exportedCollection(context, collection.id);
  const place = collection.modules.findIndex(({ name }) => name === latent?.module);
  return {
    collection: collection.id,
    ...part("module", latent?.module),
    ...part("index", latent === undefined ? undefined : String(latent.index)),
    ...part("layer", places[place]?.sourceId),
  };
}

function part(name: keyof KnownParts, value: string | undefined): KnownParts {
  return value === undefined ? {} : { [name]: value };
}
