import type { JobList, RunList } from "@/lib/contract/api";
import type { LiveChange } from "@/lib/contract/live-event";
import { type JobSummary, logPageLines, type RunDetail, type RunRecord, type RunSummary } from "@/lib/contract/run";
import { appendSteps } from "./run-curve";

/** The list of runs after a change. */
export function applyToRuns(list: RunList, change: LiveChange): RunList {
  if (change.kind === "run") return { ...list, runs: withItem(list.runs, change.run) };
  if (change.kind === "runRemoved") return { ...list, runs: list.runs.filter(({ id }) => id !== change.runId) };
  return list;
}

/** The list of jobs after a change. */
export function applyToJobs(list: JobList, change: LiveChange): JobList {
  return change.kind === "task" ? { ...list, tasks: withItem(list.tasks, change.task) } : list;
}

/** A run's page after a change, of this run or of any other. */
export function applyToRun(detail: RunDetail, change: LiveChange): RunDetail {
  if (change.kind === "run") return change.run.id === detail.run.id ? { ...detail, run: change.run } : detail;
  if (!("runId" in change) || change.runId !== detail.run.id) return detail;
  switch (change.kind) {
    case "metrics":
      return { ...detail, ...appendSteps(detail, change.metrics) };
    case "evaluation":
      return { ...detail, evaluations: withStep(detail.evaluations, change.evaluation) };
    case "health":
      return { ...detail, health: withStep(detail.health, change.health) };
    case "log":
      return { ...detail, log: withLine(detail.log, change.line) };
    case "runRemoved":
      return detail;
  }
}

/** The same without what grows with the training. */
export function applyToRecord(record: RunRecord, change: LiveChange): RunRecord {
  if (change.kind === "run") return change.run.id === record.run.id ? { ...record, run: change.run } : record;
  if (change.kind !== "metrics" || change.runId !== record.run.id) return record;
  return { ...record, newestStep: change.metrics.at(-1) ?? record.newestStep };
}

/** An item in the place of the one with its id, or before all others: lists are newest first. */
export function withItem<Item extends RunSummary | JobSummary>(items: readonly Item[], item: Item): Item[] {
  return items.some(({ id }) => id === item.id) ? items.map((other) => (other.id === item.id ? item : other)) : [item, ...items];
}

/** A record behind those of earlier steps: a run that resumed measures later steps again. */
function withStep<Record extends { step: number }>(records: readonly Record[], fresh: Record): Record[] {
  return [...records.filter(({ step }) => step < fresh.step), fresh];
}

/** Twice a page of lines at most; then the newest page, and those before are read by pages. */
function withLine(log: RunDetail["log"], line: RunDetail["log"][number]): RunDetail["log"] {
  return [...(log.length < 2 * logPageLines ? log : log.slice(1 - logPageLines)), line];
}
