import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { JobSummary } from "@/lib/contract/run";
import type { Database } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { tasks } from "@/server/db/tables/work-tables";

export type JobRow = typeof tasks.$inferSelect;
export type NewJob = Pick<typeof tasks.$inferInsert, "id" | "kind" | "title" | "input" | "unit" | "total">;

const unfinished: readonly JobSummary["status"][] = ["queued", "running"];
export const isUnfinishedJob = inArray(tasks.status, [...unfinished]);

export async function insertJob(db: Database, job: NewJob): Promise<void> {
  await db.insert(tasks).values(job);
  await notify(db, { kind: "task", taskId: job.id });
}

export async function readJob(db: Database, taskId: string): Promise<JobRow | undefined> {
  return (await db.select().from(tasks).where(eq(tasks.id, taskId)))[0];
}

export async function readJobSummary(db: Database, taskId: string): Promise<JobSummary | undefined> {
  const row = await readJob(db, taskId);
  return row && toJobSummary(row);
}

/** The latest 200, newest first. */
export async function listJobs(db: Database): Promise<JobSummary[]> {
  return (await db.select().from(tasks).orderBy(desc(tasks.createdAt), desc(tasks.id)).limit(200)).map(toJobSummary);
}

/** Ids of the unfinished jobs that work on a run's adapter: its studies, benchmarks and detections, edits that are baked, and effects of its latents. */
export async function listUnfinishedJobsOfRun(db: Database, runId: string): Promise<string[]> {
  const found = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(
      and(
        isUnfinishedJob,
        sql`(${tasks.input}->>'runId' = ${runId}
          OR ${tasks.input}->>'collectionId' IN (SELECT id FROM collections WHERE run_id = ${runId}))`,
      ),
    );
  return found.map(({ id }) => id);
}

/** The latest job of a kind. */
export async function latestJob(db: Database, kind: JobSummary["kind"]): Promise<JobSummary | undefined> {
  const row = (await db.select().from(tasks).where(eq(tasks.kind, kind)).orderBy(desc(tasks.createdAt)).limit(1))[0];
  return row && toJobSummary(row);
}

export async function setJobProgress(
  db: Database,
  taskId: string,
  progress: { done?: number; total?: number | null; unit?: JobSummary["unit"]; message?: string },
): Promise<void> {
  await db.update(tasks).set(progress).where(eq(tasks.id, taskId));
  await notify(db, { kind: "task", taskId });
}

/** Changes the status of a job that is not over; false when it is. */
export async function setJobStatus(
  db: Database,
  taskId: string,
  status: JobSummary["status"],
  error: string | null = null,
): Promise<boolean> {
  const isOver = !unfinished.includes(status);
  const changed = await db
    .update(tasks)
    .set({ status, error, finishedAt: isOver ? sql`now()` : null, ...(status === "running" ? { startedAt: sql`now()` } : {}) })
    .where(and(eq(tasks.id, taskId), isUnfinishedJob))
    .returning({ id: tasks.id });
  if (changed.length === 0) return false;
  await notify(db, { kind: "task", taskId });
  return true;
}

/** Asks the worker that holds a job to cancel it; false when the job is over or unknown. */
export async function askJobToCancel(db: Database, taskId: string): Promise<boolean> {
  const changed = await db
    .update(tasks)
    .set({ isCancelAsked: true })
    .where(and(eq(tasks.id, taskId), isUnfinishedJob))
    .returning({ id: tasks.id });
  if (changed.length === 0) return false;
  await notify(db, { kind: "request", workId: taskId });
  return true;
}

export function toJobSummary(row: JobRow): JobSummary {
  const { id, kind, title, status, done, total, unit, message, error, createdAt } = row;
  return { id, kind, title, status, done, total, unit, message, error, createdAt: createdAt.toISOString() };
}
