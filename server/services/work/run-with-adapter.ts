import { hasAdapter } from "@/lib/contract/run";
import { latestCheckpoint } from "@/server/db/runs/checkpoints";
import { type RunRow, readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";

/** A run whose adapter can be loaded: finished, stopped, or with a checkpoint. @throws ServiceError where there is none yet */
export async function runWithAdapter({ store }: ServiceContext, runId: string): Promise<RunRow> {
  const run = found(await readRun(store.db, runId), "such run");
  if (hasAdapter(run) || (await latestCheckpoint(store.db, runId)) !== undefined) return run;
  throw new ServiceError("conflict", "The run has no adapter yet. Wait for its first checkpoint.");
}
