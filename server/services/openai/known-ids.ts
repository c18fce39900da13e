import type { ExamplePart } from "@/lib/contract/endpoints/endpoint";
import { latentQuery } from "@/lib/contract/latent";
import type { RunSummary } from "@/lib/contract/run";
import { latestFinishedCollection } from "@/server/db/latents/collections";
import { listDataSets } from "@/server/db/library/data-sets";
import { listModels } from "@/server/db/library/models";
import { listRuns } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { listLatents } from "@/server/services/latents/list-latents";

/** Things that are there, for examples to speak of: the newest run that can be read best, with a latent of it that fires. */
export type KnownIds = {
  readonly ids: Partial<Record<ExamplePart, string>>;
  readonly runName: string | null;
  readonly modelPath: string | null;
};

export async function knownIds(context: ServiceContext): Promise<KnownIds> {
  const { db } = context.store;
  const [runs, models, dataSets] = await Promise.all([listRuns(db), listModels(db), listDataSets(db)]);
  const run = bestOf(runs);
  const model = models.find(({ id }) => id === run?.modelId) ?? models[0];
  const dataSet = dataSets[0];
  return {
    ids: {
      ...(run === undefined ? {} : { run: run.id, ...(await latentOf(context, run.id)) }),
      ...(model === undefined ? {} : { model: model.id }),
      ...(dataSet === undefined ? {} : { dataSet: dataSet.id }),
    },
    runName: run?.name ?? null,
    modelPath: model?.path ?? null,
  };
}

/** The newest that is finished, one with a collection before others; `runs` are newest first. */
function bestOf(runs: readonly RunSummary[]): RunSummary | undefined {
  const finished = runs.filter(({ status }) => status === "finished" || status === "stopped");
  return finished.find(({ collection }) => collection?.status === "finished") ?? finished[0];
}

async function latentOf(context: ServiceContext, runId: string): Promise<Partial<Record<ExamplePart, string>>> {
  const collection = await latestFinishedCollection(context.store.db, runId);
  if (collection === undefined) return {};
  const query = latentQuery.parse({ collectionId: collection.id, sort: "outputShare", limit: 1 });
  const latent = (await listLatents(context, query)).rows[0];
  return { collection: collection.id, ...(latent === undefined ? {} : { module: latent.module, index: String(latent.index) }) };
}
