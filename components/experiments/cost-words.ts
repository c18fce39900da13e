import type { ExperimentDetail } from "@/lib/contract/experiment";
import { formatCount, formatDuration, formatFixed, formatPlural } from "@/lib/numbers/format";

type Cost = Pick<ExperimentDetail, "spent" | "ahead" | "estimate" | "experiment">;

/** What an experiment has cost, and how far that is from what was estimated. */
export function spentWords({ spent, ahead, estimate, experiment }: Cost): string {
  const { seconds, steps, tokens, savedSteps } = spent;
  const of = estimate.seconds === null ? "" : ` of an estimated ${formatDuration(estimate.seconds)}`;
  const saved = savedSteps > 0 ? `; early stopping left out ${formatCount(savedSteps)} steps` : "";
  const read = tokens > 0 ? `, ${formatCount(tokens)} tokens` : "";
  const off =
    ahead.overEstimate === null
      ? ""
      : ` ${formatPlural(ahead.measuredRuns, "run that has ended", "runs that have ended")} took ${timesWords(ahead.overEstimate)}.`;
  const begin = experiment.status === "finished" ? "In all" : "So far";
  return `${begin} ${formatDuration(seconds)}${of}, added up over workers: ${formatCount(steps)} of ${formatCount(estimate.steps)} steps${read}${saved}.${off}`;
}

/** What is still to come, by the speed of what has ended; empty when nothing is. */
export function aheadWords({ ahead, experiment }: Cost, workers: number): string {
  const { runs, steps, seconds, measuredRuns } = ahead;
  if (experiment.status === "finished" || runs === 0) return "";
  const when = experiment.status === "running" ? "Still to come" : "A resumption would do";
  const basis = measuredRuns > 0 ? "by the speed of its own runs" : "as estimated";
  const shared = workers > 1 && seconds !== null ? `, shared by ${workers} about ${formatDuration(seconds / workers)}` : "";
  const time =
    seconds === null ? "in a time that is not known yet" : `in about ${formatDuration(seconds)} of one worker, ${basis}${shared}`;
  return `${when}: ${formatPlural(runs, "run")}, ${formatCount(steps)} steps at most, ${time}.`;
}

/** A quotient of times as a person says it. */
function timesWords(ratio: number): string {
  if (ratio >= 0.95 && ratio <= 1.05) return "as long as estimated";
  return `${formatFixed(ratio, ratio < 10 ? 2 : 0)} times as long as estimated`;
}
