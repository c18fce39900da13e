import type { ExperimentDetail } from "@/lib/contract/experiment";
import { formatCount, formatDuration, formatFixed, formatPlural } from "@/lib/numbers/format";

type Cost = Pick<ExperimentDetail, "spent" | "ahead" | "estimate" | "experiment">;

/** The cost of an experiment so far, and how it compares with the estimate. */
export function spentWords({ spent, ahead, estimate, experiment }: Cost): string {
  const { seconds, steps, tokens, savedSteps } = spent;
  const of = estimate.seconds === null ? "" : ` of an estimated ${formatDuration(estimate.seconds)}`;
  const saved = savedSteps > 0 ? `; early stopping saved ${formatCount(savedSteps)} steps` : "";
  const read = tokens > 0 ? `, ${formatCount(tokens)} tokens` : "";
  const off =
    ahead.overEstimate === null
      ? ""
      : ` ${formatPlural(ahead.measuredRuns, "run that has ended", "runs that have ended")} took ${timesWords(ahead.overEstimate)}.`;
  const begin = experiment.status === "finished" ? "Total:" : "So far:";
  return `${begin} ${formatDuration(seconds)}${of}, summed over workers: ${formatCount(steps)} of ${formatCount(estimate.steps)} steps${read}${saved}.${off}`;
}

/** The remaining work, by the speed of finished runs; empty if there is none. */
export function aheadWords({ ahead, experiment }: Cost, workers: number): string {
  const { runs, steps, seconds, measuredRuns } = ahead;
  if (experiment.status === "finished" || runs === 0) return "";
  const when = experiment.status === "running" ? "Remaining" : "Remaining if resumed";
  const basis = measuredRuns > 0 ? "at the speed of its finished runs" : "as estimated";
  const shared = workers > 1 && seconds !== null ? `, about ${formatDuration(seconds / workers)} on ${workers}` : "";
  const time = seconds === null ? "time unknown" : `about ${formatDuration(seconds)} on one worker, ${basis}${shared}`;
  return `${when}: ${formatPlural(runs, "run")}, ${formatCount(steps)} steps at most, ${time}.`;
}

/** A ratio of times in words. */
function timesWords(ratio: number): string {
  if (ratio >= 0.95 && ratio <= 1.05) return "as long as estimated";
  return `${formatFixed(ratio, ratio < 10 ? 2 : 0)} times as long as estimated`;
}
