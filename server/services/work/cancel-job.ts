import type { JobSummary } from "@/lib/contract/run";
import { askJobToCancel, readJobSummary, setJobStatus } from "@/server/db/work/jobs";
import { acquireLease, releaseLease } from "@/server/db/work/leases";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";

const leaseMs = 5000;

/** Asks the worker that does a job to stop; one that still waits is cancelled at once. */
export async function cancelJob(context: ServiceContext, taskId: string): Promise<JobSummary> {
  const { db } = context.store;
  found(await readJobSummary(db, taskId), "such job");
  if (!(await cancelUnfinishedJob(context, taskId))) throw new ServiceError("conflict", "The job has ended already.");
  return found(await readJobSummary(db, taskId), "such job");
}

/** As `cancelJob`; false when the job has ended, or was never there. */
export async function cancelUnfinishedJob({ store }: ServiceContext, taskId: string): Promise<boolean> {
  if (!(await askJobToCancel(store.db, taskId))) return false;
  const lease = { kind: "task", workId: taskId, workerId: `cancel ${taskId}` } as const;
  if ((await acquireLease(store.db, lease, leaseMs)) !== undefined) {
    await setJobStatus(store.db, taskId, "cancelled");
    await releaseLease(store.db, lease);
  }
  return true;
}
