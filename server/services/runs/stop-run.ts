import { existsSync } from "node:fs";
import type { RunSummary } from "@/lib/contract/run";
import { readRun, readRunSummary, requestOfRun, setRunStatus } from "@/server/db/runs/runs";
import type { RunRequest } from "@/server/db/tables/run-tables";
import { acquireLease, releaseLease } from "@/server/db/work/leases";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";

const leaseMs = 5000;

/**
 * Asks the worker that trains a run to stop it: `stop` finishes the step, evaluates and keeps the adapter; `cancel` ends at once. A run that no
 * worker holds is ended here; one that was resumed but has not started again keeps its state, stopped with its adapter kept.
 *
 * @throws ServiceError `conflict` when the run has ended, or has not started and so has nothing to keep
 */
export async function stopRun(context: ServiceContext, runId: string, request: RunRequest): Promise<RunSummary> {
  const { store } = context;
  const run = found(await readRun(store.db, runId), "such run");
  if (request === "stop" && run.status === "queued") {
    throw new ServiceError("conflict", "The run has not started, so there is no adapter to keep. Cancel it instead.");
  }
  if (!(await requestOfRun(store.db, runId, request)))
    throw new ServiceError("conflict", `The run has ended already: it is ${run.status}.`);
  if (request === "cancel") await endIfNobodyHolds(context, runId);
  return found(await readRunSummary(store.db, runId), "such run");
}

/** Takes the run as a worker would, so that none can begin it meanwhile. */
async function endIfNobodyHolds({ store, artefacts }: ServiceContext, runId: string): Promise<void> {
  const lease = { kind: "run", workId: runId, workerId: `cancel ${runId}` } as const;
  if ((await acquireLease(store.db, lease, leaseMs)) === undefined) return;
  await setRunStatus(store.db, runId, existsSync(artefacts.path(`runs/${runId}/adapter`)) ? "stopped" : "cancelled");
  await releaseLease(store.db, lease);
}
