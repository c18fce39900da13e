import { hubOrigin } from "@/lib/contract/hub-origin";
import type { ModelSummary } from "@/lib/contract/model";
import { collectionSettings, type RunConfig, runConfig } from "@/lib/contract/run-config";
import type { Database } from "@/server/db/client";
import { createCollection, listCollections } from "@/server/db/latents/collections";
import { readDataSet } from "@/server/db/library/data-sets";
import { newId } from "@/server/db/new-id";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { appendLog } from "@/server/db/runs/run-progress";
import { type RunRow, readRun, readRunRequest, setRunStatus } from "@/server/db/runs/runs";
import { precisionOf } from "@/server/runtime/models/load-base-model";
import type { TrainingOrder, TrainingOutcome, TrainingRecorder } from "@/server/runtime/training/training-events";
import { runTraining } from "@/server/runtime/training/training-session";
import { advanceExperiment } from "./experiments/advance-experiment";
import { judgeTrial } from "./experiments/judge-trial";
import { explain } from "./explain";
import { HandedBackError, type HeldWork, LeaseLostError } from "./held-work";
import type { JobContext } from "./job-context";
import { resolveModel } from "./resolve-model";
import { runFolders } from "./run-folders";
import { createRunRecorder } from "./run-recorder";
import type { Job } from "./work-loop";

/** Trains a run to its end, or takes up what another worker left. */
export function trainRun(context: JobContext): Job {
  return async (work) => {
    const { db } = context.store;
    const run = await retryWhileDown(() => readRun(db, work.workId));
    // Between the look and the lease it may have ended.
    if (run?.status !== "queued" && run?.status !== "running" && run?.status !== "stopping") return;
    work.title = `Training ${run.name}`;
    work.request(await retryWhileDown(() => readRunRequest(db, run.id)));
    try {
      await conclude(context, run, work, await train(context, run, work));
    } catch (error) {
      if (error instanceof HandedBackError || error instanceof LeaseLostError) throw error;
      await work.confirm();
      await retryWhileDown(() => fail(context, run.id, error));
    }
    if (run.experiment !== null) await advanceExperiment(context, run.experiment.id);
  };
}

async function train(context: JobContext, run: RunRow, work: HeldWork): Promise<TrainingOutcome> {
  const { store, runtime, now } = context;
  if (orderOf(work) === "cancel") return { status: "cancelled", step: run.step };
  if (!work.isStopAsked) await retryWhileDown(() => setRunStatus(store.db, run.id, "running"));
  const { config, model } = await resolve(context, run);
  const precision = precisionOf(config);
  const base = await runtime.base(config.model, precision, "background");
  const recorder = createRunRecorder(store, work, now);
  const watched = run.experiment === null ? recorder : { ...recorder, evaluation: judged(context, work, recorder) };
  const folders = runFolders(context.dataFolder, run.id);
  try {
    return await runTraining({
      config,
      base: base.value,
      about: aboutBase(model),
      adapterFolder: folders.adapter,
      checkpointFolder: folders.checkpoint,
      isResumed: true,
      turns: runtime.turns,
      recorder: watched,
      order: () => orderOf(work),
      signal: work.signal,
    });
  } finally {
    base.release();
    if (!work.isLost) await recorder.flush();
  }
}

/** Writes an evaluation of an experiment's trial down, and stops the trial where it has no prospect. */
function judged({ store }: JobContext, work: HeldWork, recorder: TrainingRecorder): TrainingRecorder["evaluation"] {
  return async (metrics, rows) => {
    await recorder.evaluation(metrics, rows);
    if (await retryWhileDown(() => judgeTrial(store.db, work.workId))) work.request("stop");
  };
}

/** As the adapter's file names it: what comes from the hub by its id and commit, so that PEFT finds it there. */
function aboutBase(model: ModelSummary): { baseModel: string; revision: string } {
  const hub = hubOrigin(model);
  return hub === undefined ? { baseModel: model.name, revision: model.revision } : { baseModel: hub.id, revision: hub.commit };
}

function orderOf(work: HeldWork): TrainingOrder {
  if (work.isHandedBack) return "handBack";
  if (work.signal.aborted) return "cancel";
  return work.isStopAsked ? "stop" : "continue";
}

/** The run's configuration with paths in place of the application's ids. */
async function resolve(context: JobContext, run: RunRow): Promise<{ config: RunConfig; model: ModelSummary }> {
  const config = runConfig.parse(run.config);
  const model = await resolveModel(context, config.model, run.modelName);
  const { data } = config;
  if (data.kind === "tokenRows" || data.dataSetId === undefined) return { config: { ...config, model: model.path }, model };
  const { dataSetId } = data;
  const dataSet = await retryWhileDown(() => readDataSet(context.store.db, dataSetId));
  if (dataSet === undefined) throw new Error(`the dataset ${run.dataName} was removed; add it again`);
  return { config: { ...config, model: model.path, data: { ...data, path: dataSet.path } }, model };
}

async function conclude({ store: { db } }: JobContext, run: RunRow, work: HeldWork, { status, step }: TrainingOutcome): Promise<void> {
  switch (status) {
    case "finished":
    case "stopped":
      await work.confirm();
      await retryWhileDown(() =>
        db.transaction(async (transaction) => {
          if (await setRunStatus(transaction, run.id, status)) await orderCollection(transaction, run, step);
        }),
      );
      return;
    case "cancelled":
      await retryWhileDown(() => setRunStatus(db, run.id, "cancelled"));
      return;
    case "handedBack":
      await retryWhileDown(() => setRunStatus(db, run.id, "queued"));
      throw new HandedBackError(`the run ${run.id} is handed back after step ${step}`);
  }
}

/** Queues the statistics pass that the configuration wants, once for each state of the adapter. */
async function orderCollection(db: Database, run: RunRow, step: number): Promise<void> {
  const wanted = run.config.collection;
  if (wanted === null || wanted === undefined) return;
  // A run from before a setting was there has it by default.
  const settings = collectionSettings.parse(wanted);
  const isOrdered = (await listCollections(db, run.id)).some((collection) => collection.step === step);
  if (isOrdered) return;
  await createCollection(db, { id: newId(), runId: run.id, name: `after step ${step}`, step, settings });
}

async function fail({ store }: JobContext, runId: string, error: unknown): Promise<void> {
  const message = explain(error);
  const step = (await readRun(store.db, runId))?.step ?? 0;
  await appendLog(store.db, runId, { step, level: "error", message });
  await setRunStatus(store.db, runId, "failed", message);
}
