import type { RunSummary } from "@/lib/contract/run";

/** Whether a run still needs a worker, for its training or the collection after it. */
export function isWorkOpen(run: RunSummary): boolean {
  const isTraining = run.status === "queued" || run.status === "running" || run.status === "stopping";
  return isTraining || run.collection?.status === "queued" || run.collection?.status === "running";
}
