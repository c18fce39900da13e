import type { TaskSummary } from "@/lib/contract/run";
import { acquireLease, releaseLease } from "@/server/db/work/leases";
import { askTaskToCancel, readTaskSummary, setTaskStatus } from "@/server/db/work/tasks";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";

const leaseMs = 5000;

/** Asks the worker that does a task to stop; one that still waits is cancelled at once. */
export async function cancelTask(context: ServiceContext, taskId: string): Promise<TaskSummary> {
  const { db } = context.store;
  found(await readTaskSummary(db, taskId), "such task");
  if (!(await cancelUnfinishedTask(context, taskId))) throw new ServiceError("conflict", "The task has ended already.");
  return found(await readTaskSummary(db, taskId), "such task");
}

/** As `cancelTask`; false when the task has ended, or was never there. */
export async function cancelUnfinishedTask({ store }: ServiceContext, taskId: string): Promise<boolean> {
  if (!(await askTaskToCancel(store.db, taskId))) return false;
  const lease = { kind: "task", workId: taskId, workerId: `cancel ${taskId}` } as const;
  if ((await acquireLease(store.db, lease, leaseMs)) !== undefined) {
    await setTaskStatus(store.db, taskId, "cancelled");
    await releaseLease(store.db, lease);
  }
  return true;
}
