import { desc, eq } from "drizzle-orm";
import type { StudyDetail, StudyResult, StudySummary } from "@/lib/contract/study";
import type { Database } from "@/server/db/client";
import { studies } from "@/server/db/tables/steering-tables";
import { tasks } from "@/server/db/tables/work-tables";
import { toJobSummary } from "@/server/db/work/jobs";

export type NewStudy = Pick<typeof studies.$inferInsert, "id" | "runId" | "kind" | "name" | "request" | "taskId">;

export async function insertStudy(db: Database, study: NewStudy): Promise<void> {
  await db.insert(studies).values(study);
}

/** A run's studies with their jobs, newest first. */
export async function listStudies(db: Database, runId: string): Promise<StudySummary[]> {
  const rows = await db
    .select({ study: listed, task: tasks })
    .from(studies)
    .leftJoin(tasks, eq(tasks.id, studies.taskId))
    .where(eq(studies.runId, runId))
    .orderBy(desc(studies.createdAt), desc(studies.id));
  return rows.map(toStudySummary);
}

/** A study with what is there of its result. */
export async function readStudy(db: Database, studyId: string): Promise<StudyDetail | undefined> {
  const [row] = await db
    .select({ study: { ...listed, request: studies.request, result: studies.result }, task: tasks })
    .from(studies)
    .leftJoin(tasks, eq(tasks.id, studies.taskId))
    .where(eq(studies.id, studyId));
  return row && { ...toStudySummary(row), request: row.study.request, result: row.study.result };
}

/** Writes a result over the one before. @returns false when the study was removed */
export async function storeStudyResult(db: Database, studyId: string, result: StudyResult | null): Promise<boolean> {
  return (await db.update(studies).set({ result }).where(eq(studies.id, studyId)).returning({ id: studies.id })).length > 0;
}

export async function deleteStudy(db: Database, studyId: string): Promise<void> {
  await db.delete(studies).where(eq(studies.id, studyId));
}

const listed = {
  id: studies.id,
  runId: studies.runId,
  kind: studies.kind,
  name: studies.name,
  createdAt: studies.createdAt,
};

type Joined = {
  study: Pick<typeof studies.$inferSelect, keyof typeof listed>;
  task: typeof tasks.$inferSelect | null;
};

function toStudySummary({ study: { id, runId, kind, name, createdAt }, task }: Joined): StudySummary {
  return { id, runId, kind, name, createdAt: createdAt.toISOString(), task: task && toJobSummary(task) };
}
