import type { TaskList } from "@/lib/contract/api";
import { readWithSnapshot } from "@/server/db/snapshot";
import { listTasks as readTasks } from "@/server/db/work/tasks";
import type { ServiceContext } from "@/server/services/context";

/** The latest 200, newest first. */
export function listTasks({ store }: ServiceContext): Promise<TaskList> {
  return readWithSnapshot(store, async (db) => ({ tasks: await readTasks(db) }));
}
