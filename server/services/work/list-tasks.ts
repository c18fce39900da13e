import type { TaskSummary } from "@/lib/contract/run";
import { listTasks as readTasks } from "@/server/db/work/tasks";
import type { ServiceContext } from "@/server/services/context";

/** The latest 200, newest first. */
export function listTasks({ store }: ServiceContext): Promise<TaskSummary[]> {
  return readTasks(store.db);
}
