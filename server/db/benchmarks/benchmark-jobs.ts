import { and, desc, eq, sql } from "drizzle-orm";
import type { JobSummary } from "@/lib/contract/run";
import type { Database } from "@/server/db/client";
import { tasks } from "@/server/db/tables/work-tables";
import { toJobSummary } from "@/server/db/work/jobs";

/** More than any run or benchmark has that still matter. */
const mostJobs = 500;

/** The latest job that measures a run on each benchmark, by benchmark. */
export async function latestJobsOfRun(db: Database, runId: string): Promise<Map<string, JobSummary>> {
  const latest = new Map<string, JobSummary>();
  for (const { job, benchmarkIds } of await benchmarkJobs(db, sql`${tasks.input}->>'runId' = ${runId}`))
    for (const id of benchmarkIds) if (!latest.has(id)) latest.set(id, job);
  return latest;
}

/** The latest job that measures each run on a benchmark, by run. */
export async function latestJobsOfBenchmark(db: Database, benchmarkId: string): Promise<Map<string, JobSummary>> {
  const latest = new Map<string, JobSummary>();
  const found = await benchmarkJobs(db, sql`${tasks.input}->'benchmarkIds' @> ${JSON.stringify([benchmarkId])}::jsonb`);
  for (const { job, runId } of found) if (!latest.has(runId)) latest.set(runId, job);
  return latest;
}

async function benchmarkJobs(db: Database, condition: ReturnType<typeof sql>) {
  const rows = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.kind, "benchmark"), condition))
    .orderBy(desc(tasks.createdAt), desc(tasks.id))
    .limit(mostJobs);
  return rows.flatMap((row) => {
    const { input } = row;
    return input.kind === "benchmark" ? [{ job: toJobSummary(row), runId: input.runId, benchmarkIds: input.benchmarkIds }] : [];
  });
}
