import type { OpenaiModel } from "@/lib/contract/openai-answer";
import { hasAdapter, type RunSummary } from "@/lib/contract/run";
import type { SavedEdits } from "@/lib/contract/steering";
import { latestCheckpoint } from "@/server/db/runs/checkpoints";
import { listRuns, readRun, readRunSummary } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { isOfText } from "@/server/services/runs/demand-text";
import { listSavedEdits } from "@/server/services/steering/saved-edits";
import { chooseTarget, type Target } from "./choose-target";

/** Every run that has an adapter over a model that continues text: with it, without it, and with each list of edits that is saved for it; the newest run first. */
export async function listOpenaiModels(context: ServiceContext): Promise<OpenaiModel[]> {
  const runs = await listRuns(context.store.db);
  return (await Promise.all(runs.map((run) => modelsOf(context, run)))).flat();
}

/** The model that such a request would be answered by. @throws ServiceError `notFound` */
export async function getOpenaiModel(context: ServiceContext, named: string): Promise<OpenaiModel> {
  const { runId, arm, saved } = await chooseTarget(context, named);
  return modelOf(found(await readRunSummary(context.store.db, runId), "such run"), arm, saved);
}

async function modelsOf(context: ServiceContext, run: RunSummary): Promise<OpenaiModel[]> {
  if (!hasAdapter(run) && (await latestCheckpoint(context.store.db, run.id)) === undefined) return [];
  const row = await readRun(context.store.db, run.id);
  if (row === undefined || !isOfText(row)) return [];
  const saved = await listSavedEdits(context, run.id);
  return [modelOf(run, "adapter", null), modelOf(run, "base", null), ...saved.map((edits) => modelOf(run, "edited", edits))];
}

function modelOf({ id, name, modelName, createdAt }: RunSummary, arm: Target["arm"], saved: SavedEdits | null): OpenaiModel {
  const suffix = saved === null ? (arm === "base" ? ":base" : "") : `:${saved.id}`;
  return {
    id: `${id}${suffix}`,
    object: "model",
    created: Math.floor(Date.parse(createdAt) / 1000),
    owned_by: "stanscope",
    stanscope: { run: id, arm, name, base_model: modelName, saved: saved?.name ?? null },
  };
}
