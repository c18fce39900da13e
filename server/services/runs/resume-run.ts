import type { RunSummary } from "@/lib/contract/run";
import { readRunSummary, requeueRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";

/** Queues a run that ended early; it resumes from its last checkpoint. */
export async function resumeRun({ store }: ServiceContext, runId: string): Promise<RunSummary> {
  const run = found(await readRunSummary(store.db, runId), "such run");
  if (!run.isResumable) {
    throw new ServiceError(
      "conflict",
      run.status === "finished" || run.status === "queued" || run.status === "running" || run.status === "stopping"
        ? `The run is ${run.status}: there is nothing to resume.`
        : "The run has no checkpoint to resume from. Start a new run with the same configuration.",
    );
  }
  if (!(await requeueRun(store.db, runId))) throw new ServiceError("conflict", "The run has already been resumed.");
  return found(await readRunSummary(store.db, runId), "such run");
}
