import type { StatusTone } from "@/components/ui/status";
import type { RunStatus, RunSummary } from "@/lib/contract/run";

/** How a run's state is called and drawn. */
export const runStates: Record<RunStatus, { word: string; tone: StatusTone }> = {
  queued: { word: "Queued", tone: "waiting" },
  running: { word: "Training", tone: "live" },
  stopping: { word: "Stopping", tone: "live" },
  finished: { word: "Finished", tone: "done" },
  stopped: { word: "Stopped and kept", tone: "done" },
  cancelled: { word: "Cancelled", tone: "off" },
  failed: { word: "Failed", tone: "bad" },
};

export function isActive(run: Pick<RunSummary, "status">): boolean {
  return run.status === "running" || run.status === "stopping";
}

export function isOver(run: Pick<RunSummary, "status">): boolean {
  return !isActive(run) && run.status !== "queued";
}

/** The first sentence of what went wrong, for a table's cell. */
export function shortError(error: string): string {
  return error.split(/(?<=[.!?])\s/)[0]?.replace(/\.$/, "") ?? error;
}
