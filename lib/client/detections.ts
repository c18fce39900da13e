import { queryOptions } from "@tanstack/react-query";
import {
  type DetectionSummary,
  detectionDetail,
  detectionList,
  detectionSummary,
  type StartDetectionInput,
} from "@/lib/contract/detection";
import { isOpenJob } from "@/lib/contract/run";
import { deleteAt, fetchJson } from "./fetch-json";
import { keys } from "./keys";
import { runPath } from "./runs";
import { startWork } from "./start-work";

/** How often a detection that is at work is read again. */
const readAgainMs = 1500;

/** A run's detections, newest first, without what they found. */
export function detectionsQuery(runId: string) {
  return queryOptions({
    queryKey: keys.detections(runId),
    queryFn: async ({ signal }) => (await fetchJson(detectionList, `${runPath(runId)}/detections`, { signal })).detections,
    refetchInterval: ({ state }) => (state.data?.some(isDetecting) ? readAgainMs : false),
  });
}

export function detectionQuery(detectionId: string) {
  return queryOptions({
    queryKey: keys.detection(detectionId),
    queryFn: ({ signal }) => fetchJson(detectionDetail, detectionPath(detectionId), { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isDetecting(state.data) ? readAgainMs : false),
  });
}

export function startDetection(runId: string, request: StartDetectionInput): Promise<DetectionSummary> {
  return startWork(detectionSummary, `${runPath(runId)}/detections`, request);
}

/** Removes a detection; one that is at work is cancelled. */
export function removeDetection(detectionId: string): Promise<void> {
  return deleteAt(detectionPath(detectionId));
}

/** Where the result downloads from, as CSV. */
export function detectionTableHref(detectionId: string): string {
  return `${detectionPath(detectionId)}/table`;
}

/** Where its probes download from, as CSV. */
export function detectionProbesHref(detectionId: string): string {
  return `${detectionPath(detectionId)}/probes`;
}

export function isDetecting({ task }: Pick<DetectionSummary, "task">): boolean {
  return task !== null && isOpenJob(task);
}

function detectionPath(detectionId: string): string {
  return `/api/detections/${encodeURIComponent(detectionId)}`;
}
