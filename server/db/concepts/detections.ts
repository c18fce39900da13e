import { desc, eq } from "drizzle-orm";
import type { DetectedConcept, DetectionDetail, DetectionSummary } from "@/lib/contract/detection";
import type { ConceptProbes } from "@/lib/contract/probing";
import type { Database } from "@/server/db/client";
import { detections } from "@/server/db/tables/concept-tables";
import { tasks } from "@/server/db/tables/work-tables";
import { toJobSummary } from "@/server/db/work/jobs";

export type NewDetection = Pick<typeof detections.$inferInsert, "id" | "runId" | "dataName" | "request" | "taskId">;

export async function insertDetection(db: Database, detection: NewDetection): Promise<void> {
  await db.insert(detections).values(detection);
}

/** A run's detections with their jobs, newest first, without what they found. */
export async function listDetections(db: Database, runId: string): Promise<DetectionSummary[]> {
  const rows = await db
    .select({ detection: listed, task: tasks })
    .from(detections)
    .leftJoin(tasks, eq(tasks.id, detections.taskId))
    .where(eq(detections.runId, runId))
    .orderBy(desc(detections.createdAt), desc(detections.id));
  return rows.map(toSummary);
}

export async function readDetection(db: Database, detectionId: string): Promise<DetectionDetail | undefined> {
  const [row] = await db
    .select({ detection: { ...listed, concepts: detections.concepts, probes: detections.probes }, task: tasks })
    .from(detections)
    .leftJoin(tasks, eq(tasks.id, detections.taskId))
    .where(eq(detections.id, detectionId));
  return row && { ...toSummary(row), concepts: row.detection.concepts, probes: row.detection.probes };
}

export type FoundConcepts = { readonly id: string; readonly dataName: string; readonly concepts: readonly DetectedConcept[] };

/** What a run's detections have found, newest first. */
export async function listFoundConcepts(db: Database, runId: string): Promise<FoundConcepts[]> {
  const rows = await db
    .select({ id: detections.id, dataName: detections.dataName, concepts: detections.concepts })
    .from(detections)
    .where(eq(detections.runId, runId))
    .orderBy(desc(detections.createdAt), desc(detections.id));
  return rows.flatMap(({ concepts, ...rest }) => (concepts === null ? [] : [{ ...rest, concepts }]));
}

export type DetectionResult = { readonly concepts: DetectedConcept[]; readonly probes: ConceptProbes[] | null };

/** @returns false when the detection was removed */
export async function storeDetectionResult(db: Database, detectionId: string, result: DetectionResult): Promise<boolean> {
  const written = await db.update(detections).set(result).where(eq(detections.id, detectionId)).returning({ id: detections.id });
  return written.length > 0;
}

export async function deleteDetection(db: Database, detectionId: string): Promise<void> {
  await db.delete(detections).where(eq(detections.id, detectionId));
}

const listed = {
  id: detections.id,
  runId: detections.runId,
  dataName: detections.dataName,
  request: detections.request,
  createdAt: detections.createdAt,
};

type Joined = {
  detection: Pick<typeof detections.$inferSelect, keyof typeof listed>;
  task: typeof tasks.$inferSelect | null;
};

function toSummary({ detection: { id, runId, dataName, request, createdAt }, task }: Joined): DetectionSummary {
  return { id, runId, dataName, request, createdAt: createdAt.toISOString(), task: task && toJobSummary(task) };
}
