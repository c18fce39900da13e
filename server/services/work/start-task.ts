import type { TaskSummary } from "@/lib/contract/run";
import { newId } from "@/server/db/new-id";
import type { TaskInput } from "@/server/db/work/task-input";
import { insertTask, readTaskSummary } from "@/server/db/work/tasks";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/**
 * Writes a task down and queues it: from here on a worker does it, whatever becomes of this process.
 *
 * @param task.id a fresh one, where something that stands already names it
 */
export async function startTask(
  { store }: ServiceContext,
  task: { id?: string; title: string; input: TaskInput; unit: TaskSummary["unit"]; total?: number },
): Promise<TaskSummary> {
  const { id = newId() } = task;
  await insertTask(store.db, {
    id,
    kind: task.input.kind,
    title: task.title,
    input: task.input,
    unit: task.unit,
    total: task.total ?? null,
  });
  return found(await readTaskSummary(store.db, id), "such task");
}
