import { and, desc, eq, sql } from "drizzle-orm";
import type { TaskSummary } from "@/lib/contract/run";
import type { Database } from "@/server/db/client";
import { tasks } from "@/server/db/tables/work-tables";
import { toTaskSummary } from "@/server/db/work/tasks";

/** More than any run or benchmark has that still matter. */
const mostTasks = 500;

/** The latest task that measures a run on each benchmark, by benchmark. */
export async function latestTasksOfRun(db: Database, runId: string): Promise<Map<string, TaskSummary>> {
  const latest = new Map<string, TaskSummary>();
  for (const { task, benchmarkIds } of await benchmarkTasks(db, sql`${tasks.input}->>'runId' = ${runId}`))
    for (const id of benchmarkIds) if (!latest.has(id)) latest.set(id, task);
  return latest;
}

/** The latest task that measures each run on a benchmark, by run. */
export async function latestTasksOfBenchmark(db: Database, benchmarkId: string): Promise<Map<string, TaskSummary>> {
  const latest = new Map<string, TaskSummary>();
  const found = await benchmarkTasks(db, sql`${tasks.input}->'benchmarkIds' @> ${JSON.stringify([benchmarkId])}::jsonb`);
  for (const { task, runId } of found) if (!latest.has(runId)) latest.set(runId, task);
  return latest;
}

async function benchmarkTasks(db: Database, condition: ReturnType<typeof sql>) {
  const rows = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.kind, "benchmark"), condition))
    .orderBy(desc(tasks.createdAt), desc(tasks.id))
    .limit(mostTasks);
  return rows.flatMap((row) => {
    const { input } = row;
    return input.kind === "benchmark" ? [{ task: toTaskSummary(row), runId: input.runId, benchmarkIds: input.benchmarkIds }] : [];
  });
}
