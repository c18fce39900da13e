import type { ScoreLine } from "@/lib/contract/comparison";
import { meanOf } from "@/lib/numbers/intervals";
import type { Metric } from "@/lib/numbers/metrics/metric-names";
import type { SampleMetric } from "@/lib/numbers/metrics/sample-metric";
import { compareOverSeeds } from "@/lib/numbers/statistics/over-seeds";
import { comparePaired } from "@/lib/numbers/statistics/paired-difference";
import { discordantOf, mcnemarMidP } from "@/lib/numbers/statistics/paired-tests";
import { varianceOf } from "@/lib/numbers/statistics/student-t";
import { comparisonVerdict } from "@/lib/numbers/statistics/verdict";

/** One metric of two sides; run n of the first is paired with run n of the second. */
export type LineInput = {
  readonly metric: Metric;
  readonly names: readonly [first: string, second: string];
  /** Whether the sides were told the same: one seed each then tells nothing but what seeds do. */
  readonly isOneMethod: boolean;
  readonly first: readonly SampleMetric[];
  readonly second: readonly SampleMetric[];
  /** That the metrics are over; of metrics that are one number a run, those that it was computed over. */
  readonly rows: number;
  /** Whether the metrics know their rows, so that these can be resampled. */
  readonly hasRows: boolean;
  /** Of each side's only run, where rows are right or wrong. */
  readonly right?: readonly [first: readonly number[], second: readonly number[]];
  readonly obstacle?: string;
};

/** Draws that one interval is worth: over more rows there are fewer resamples. */
const mostDraws = 4e6;
const [fewestResamples, mostResamples] = [500, 2000];

/** What an interval allows to say of two sides by one metric: over rows where each has one run, over seeds and rows where they have more. */
export function scoreLine(
  input: LineInput,
): Pick<ScoreLine, "first" | "second" | "difference" | "bySeed" | "basis" | "rows" | "pValue" | "verdict"> {
  const { metric, names, isOneMethod, first, second, rows, hasRows, right } = input;
  const seeds = first.length;
  const difference = input.obstacle === undefined ? differenceBetween(input) : undefined;
  const pValue = right !== undefined && seeds === 1 ? mcnemarMidP(discordantOf(...right)) : undefined;
  const verdict = comparisonVerdict({
    metric,
    first: names[0],
    second: names[1],
    difference,
    about: isOneMethod ? "methods" : "runs",
    ...(pValue === undefined ? {} : { pValue }),
    ...(input.obstacle === undefined ? {} : { obstacle: input.obstacle }),
  });
  return {
    first: sideScore(first),
    second: sideScore(second),
    difference: difference === undefined ? null : { value: difference.difference, low: difference.low, high: difference.high },
    bySeed: first.map((one, seed) => one() - (second[seed]?.() ?? Number.NaN)),
    basis: difference === undefined ? "none" : !hasRows ? "seeds" : seeds > 1 ? "rowsAndSeeds" : "rows",
    rows,
    pValue: pValue ?? (difference !== undefined && "seeds" in difference ? difference.pValue : null),
    verdict,
  };
}

function differenceBetween({ first, second, rows, hasRows }: LineInput) {
  const seeds = first.length;
  // A metric that is one number a run is the same in every resample: two show that it has no spread over rows.
  const resamples = hasRows ? Math.round(Math.min(mostResamples, Math.max(fewestResamples, mostDraws / (rows * seeds)))) : 2;
  const [one, other] = [first[0], second[0]];
  if (one === undefined || other === undefined) return undefined;
  return seeds > 1 ? compareOverSeeds(first, second, rows, { resamples }) : comparePaired(one, other, rows, { resamples });
}

function sideScore(metrics: readonly SampleMetric[]): ScoreLine["first"] {
  const values = metrics.map((metric) => metric());
  return { mean: meanOf(values), sd: values.length < 2 ? null : Math.sqrt(varianceOf(values)), values };
}
