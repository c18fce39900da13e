import type { DetectionDetail, DetectionSummary, StartDetectionRequest } from "@/lib/contract/detection";
import { deleteDetection, insertDetection, readDetection, listDetections as readDetections } from "@/server/db/concepts/detections";
import { readDataSet } from "@/server/db/library/data-sets";
import { newId } from "@/server/db/new-id";
import { readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { demandFinished } from "@/server/services/runs/demand-finished";
import { demandLatents, type LatentRun } from "@/server/services/runs/demand-latents";
import { readsImages } from "@/server/services/runs/demand-text";
import { cancelUnfinishedJob } from "@/server/services/work/cancel-job";
import { startJob } from "@/server/services/work/start-job";

/**
 * Queues the detection of a dataset's concepts by the latents of a run.
 *
 * @throws ServiceError `invalid` for a run without latents or a column that the dataset does not have, `conflict` while the run has no adapter
 */
export async function startDetection(context: ServiceContext, runId: string, request: StartDetectionRequest): Promise<DetectionSummary> {
  const { db } = context.store;
  const run = await finishedRun(context, runId);
  const dataSet = found(await readDataSet(db, request.dataSetId), "such dataset");
  const { by } = request;
  if (by !== null && !dataSet.columns.some(({ name }) => name === by)) {
    throw new ServiceError("invalid", `${dataSet.name} has no column "${by}": choose one of its columns.`, { field: "by" });
  }
  const id = newId();
  const taskId = newId();
  await insertDetection(db, { id, runId, dataName: dataSet.name, request, taskId });
  await startJob(context, {
    id: taskId,
    title: `Concepts of ${dataSet.name}, ${run.name}`,
    input: { kind: "detect", runId, detectionId: id },
    unit: "rows",
  });
  const { concepts: _, probes: __, ...summary } = await getDetection(context, id);
  return summary;
}

/** A run's detections, newest first, without what they found. */
export async function listDetections({ store }: ServiceContext, runId: string): Promise<DetectionSummary[]> {
  found(await readRun(store.db, runId), "such run");
  return readDetections(store.db, runId);
}

export async function getDetection({ store }: ServiceContext, detectionId: string): Promise<DetectionDetail> {
  return found(await readDetection(store.db, detectionId), "such detection");
}

/** Removes a detection; one that is at work is cancelled. */
export async function removeDetection(context: ServiceContext, detectionId: string): Promise<void> {
  const { task: job } = await getDetection(context, detectionId);
  if (job !== null) await cancelUnfinishedJob(context, job.id);
  await deleteDetection(context.store.db, detectionId);
}

async function finishedRun({ store }: ServiceContext, runId: string): Promise<LatentRun> {
  const run = found(await readRun(store.db, runId), "such run");
  demandFinished(run);
  if (readsImages(run)) throw new ServiceError("invalid", `${run.name} reads images, but detection reads texts.`);
  return demandLatents(run);
}
