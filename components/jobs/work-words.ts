import type { StatusTone } from "@/components/ui/status";
import type { WorkItem, WorkKindName, WorkState } from "@/lib/contract/work";

export const kindWords: Record<WorkKindName, string> = {
  training: "Training",
  collection: "Collection",
  measurement: "Measurement",
  study: "Study",
  detection: "Concepts",
  benchmark: "Benchmark",
  experiment: "Experiment",
  bake: "Bake",
  import: "Import",
  download: "Download",
  demonstration: "Demonstration",
};

export const stateWords: Record<WorkState, string> = {
  queued: "Queued",
  running: "Running",
  finished: "Finished",
  stopped: "Stopped",
  cancelled: "Cancelled",
  failed: "Failed",
};

export const stateTones: Record<WorkState, StatusTone> = {
  queued: "waiting",
  running: "live",
  finished: "done",
  stopped: "done",
  cancelled: "off",
  failed: "bad",
};

/** The page that shows what the work is about or has made; null where that is gone. */
export function workHref({ id, kind, job, runId, studyId }: WorkItem): string | null {
  if (kind === "experiment") return `/experiments/${id}`;
  if (kind === "demonstration") return "/";
  if (job === "importDictionary") return "/dictionaries";
  if (job === "addDataSet") return "/data";
  if (job === "addModel" || job === "fetchModel") return "/models";
  if (runId === null) return null;
  const run = `/runs/${runId}`;
  switch (kind) {
    case "collection":
    case "measurement":
      return `${run}/latents`;
    case "detection":
      return `${run}/concepts`;
    case "benchmark":
      return `${run}/benchmarks`;
    case "study":
      return studyId === null ? `${run}/steer` : `${run}/steer?study=${studyId}`;
    default:
      return run;
  }
}
