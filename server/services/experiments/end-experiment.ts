import type { ExperimentDetail } from "@/lib/contract/experiment";
import { deleteExperiment, lockExperiment, readExperiment, setExperiment } from "@/server/db/experiments/experiments";
import { listTrials, setTrialJob } from "@/server/db/experiments/trials";
import { requeueRun } from "@/server/db/runs/runs";
import { readJob } from "@/server/db/work/jobs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { stopRun } from "@/server/services/runs/stop-run";
import { cancelUnfinishedJob } from "@/server/services/work/cancel-job";
import { getExperiment } from "./get-experiment";

/**
 * Ends an experiment: nothing more is started, what runs is cancelled, what is done stays.
 *
 * @throws ServiceError `conflict` when it has ended already
 */
export async function cancelExperiment(context: ServiceContext, experimentId: string): Promise<ExperimentDetail> {
  const { store } = context;
  await store.db.transaction(async (transaction) => {
    const { status } = found(await lockExperiment(transaction, experimentId), "such experiment");
    if (status !== "running") throw new ServiceError("conflict", `The experiment has ended already: it is ${status}.`);
    // Under the lock, without which no worker starts a run: from here on none does.
    await setExperiment(transaction, experimentId, { status: "cancelled" });
  });
  for (const { trial, run } of await listTrials(store.db, experimentId)) {
    if (run !== null && isUnfinished(run.status)) await cancelIfUnfinished(context, run.id);
    if (trial.taskId !== null) await cancelUnfinishedJob(context, trial.taskId);
  }
  return getExperiment(context, experimentId);
}

/**
 * Resumes an experiment that was cancelled or failed: its cancelled and failed runs are queued again, from their checkpoints, and its
 * benchmarks are measured where they were not.
 *
 * @throws ServiceError `conflict` when there is nothing to resume
 */
export async function resumeExperiment(context: ServiceContext, experimentId: string): Promise<ExperimentDetail> {
  await context.store.db.transaction(async (transaction) => {
    const { status, stage } = found(await lockExperiment(transaction, experimentId), "such experiment");
    if (status === "running" || status === "finished")
      throw new ServiceError("conflict", `The experiment is ${status}: there is nothing to resume.`);
    for (const { trial, run } of await listTrials(transaction, experimentId)) {
      const isOfStage = trial.stage === stage || (stage === "measure" && trial.stage === "final");
      if (isOfStage && (run?.status === "cancelled" || run?.status === "failed")) await requeueRun(transaction, run.id);
      const job = trial.taskId === null ? undefined : await readJob(transaction, trial.taskId);
      if (job !== undefined && job.status !== "finished") await setTrialJob(transaction, trial, null);
    }
    const goesOnAt = stage === "measure" ? "final" : stage;
    await setExperiment(transaction, experimentId, { status: "running", stage: goesOnAt, error: null });
  });
  return getExperiment(context, experimentId);
}

/** Removes an experiment that has ended; its runs and benchmarks stay. @throws ServiceError `conflict` while it runs */
export async function removeExperiment({ store }: ServiceContext, experimentId: string): Promise<void> {
  const { status } = found(await readExperiment(store.db, experimentId), "such experiment");
  if (status === "running") throw new ServiceError("conflict", "The experiment is running: cancel it, then remove it.");
  await deleteExperiment(store.db, experimentId);
}

/** A run that ends by itself meanwhile is left as it ended. */
async function cancelIfUnfinished(context: ServiceContext, runId: string): Promise<void> {
  try {
    await stopRun(context, runId, "cancel");
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
  }
}

function isUnfinished(status: string): boolean {
  return status === "queued" || status === "running" || status === "stopping";
}
