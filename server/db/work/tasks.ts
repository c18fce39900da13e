import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { TaskSummary } from "@/lib/contract/run";
import type { Database } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { tasks } from "@/server/db/tables/work-tables";

export type TaskRow = typeof tasks.$inferSelect;
export type NewTask = Pick<typeof tasks.$inferInsert, "id" | "kind" | "title" | "input" | "unit" | "total">;

const unfinished: readonly TaskSummary["status"][] = ["queued", "running"];
export const isUnfinishedTask = inArray(tasks.status, [...unfinished]);

export async function insertTask(db: Database, task: NewTask): Promise<void> {
  await db.insert(tasks).values(task);
  await notify(db, { kind: "task", taskId: task.id });
}

export async function readTask(db: Database, taskId: string): Promise<TaskRow | undefined> {
  return (await db.select().from(tasks).where(eq(tasks.id, taskId)))[0];
}

export async function readTaskSummary(db: Database, taskId: string): Promise<TaskSummary | undefined> {
  const row = await readTask(db, taskId);
  return row && toTaskSummary(row);
}

/** The latest 200, newest first. */
export async function listTasks(db: Database): Promise<TaskSummary[]> {
  return (await db.select().from(tasks).orderBy(desc(tasks.createdAt), desc(tasks.id)).limit(200)).map(toTaskSummary);
}

/** Ids of the unfinished tasks that work on a run's adapter: its studies, its benchmarks, edits that are baked, and effects of its latents. */
export async function listUnfinishedTasksOfRun(db: Database, runId: string): Promise<string[]> {
  const found = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(
      and(
        isUnfinishedTask,
        sql`(${tasks.input}->>'runId' = ${runId}
          OR ${tasks.input}->>'collectionId' IN (SELECT id FROM collections WHERE run_id = ${runId}))`,
      ),
    );
  return found.map(({ id }) => id);
}

/** The latest task of a kind. */
export async function latestTask(db: Database, kind: TaskSummary["kind"]): Promise<TaskSummary | undefined> {
  const row = (await db.select().from(tasks).where(eq(tasks.kind, kind)).orderBy(desc(tasks.createdAt)).limit(1))[0];
  return row && toTaskSummary(row);
}

export async function setTaskProgress(
  db: Database,
  taskId: string,
  progress: { done?: number; total?: number | null; unit?: TaskSummary["unit"]; message?: string },
): Promise<void> {
  await db.update(tasks).set(progress).where(eq(tasks.id, taskId));
  await notify(db, { kind: "task", taskId });
}

/** Changes the status of a task that is not over; false when it is. */
export async function setTaskStatus(
  db: Database,
  taskId: string,
  status: TaskSummary["status"],
  error: string | null = null,
): Promise<boolean> {
  const isOver = !unfinished.includes(status);
  const changed = await db
    .update(tasks)
    .set({ status, error, finishedAt: isOver ? sql`now()` : null })
    .where(and(eq(tasks.id, taskId), isUnfinishedTask))
    .returning({ id: tasks.id });
  if (changed.length === 0) return false;
  await notify(db, { kind: "task", taskId });
  return true;
}

/** Asks the worker that holds a task to cancel it; false when the task is over or unknown. */
export async function askTaskToCancel(db: Database, taskId: string): Promise<boolean> {
  const changed = await db
    .update(tasks)
    .set({ isCancelAsked: true })
    .where(and(eq(tasks.id, taskId), isUnfinishedTask))
    .returning({ id: tasks.id });
  if (changed.length === 0) return false;
  await notify(db, { kind: "request", workId: taskId });
  return true;
}

export function toTaskSummary(row: TaskRow): TaskSummary {
  const { id, kind, title, status, done, total, unit, message, error, createdAt } = row;
  return { id, kind, title, status, done, total, unit, message, error, createdAt: createdAt.toISOString() };
}
