import type { ScoreLine } from "@/lib/contract/comparison";
import { meanOf } from "@/lib/numbers/intervals";
import type { Metric } from "@/lib/numbers/metrics/metric-names";
import type { SampleMetric } from "@/lib/numbers/metrics/sample-metric";
import { endsToGive } from "@/lib/numbers/statistics/enough-examples";
import { compareOverSeeds, type SeedsDifference } from "@/lib/numbers/statistics/over-seeds";
import { comparePaired, type PairedDifference } from "@/lib/numbers/statistics/paired-difference";
import { discordantOf, mcnemarMidP } from "@/lib/numbers/statistics/paired-tests";
import { varianceOf } from "@/lib/numbers/statistics/student-t";

/** One metric of two sides; run n of the first is paired with run n of the second. */
export type LineInput = {
  readonly metric: Metric;
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

/** A line before its verdict, which waits for the p values of the others. */
export type MeasuredLine = Pick<ScoreLine, "first" | "second" | "difference" | "bySeed" | "basis" | "rows" | "pValue"> & {
  readonly metric: Metric;
  /** Undefined where the metric is not defined, or something stands in the way of it. */
  readonly compared: PairedDifference | SeedsDifference | undefined;
  /** Whether `pValue` is of McNemar's test: the interval is another's then, and both must agree. */
  readonly isTested: boolean;
  readonly obstacle: string | null;
};

/** Draws that one interval is worth: over more rows there are fewer resamples, but enough for a p that is small after correction. */
const mostDraws = 4e6;
const [fewestResamples, mostResamples] = [1000, 2000];

/** One metric of two sides and their difference: over rows where each has one run, over seeds and rows where they have more. */
export function scoreLine(input: LineInput): MeasuredLine {
  const { metric, first, second, rows, hasRows, right, obstacle } = input;
  const seeds = first.length;
  const compared = obstacle === undefined ? differenceBetween(input) : undefined;
  const tested = right !== undefined && seeds === 1 && compared !== undefined ? mcnemarMidP(discordantOf(...right)) : undefined;
  return {
    metric,
    compared,
    isTested: tested !== undefined,
    obstacle: obstacle ?? null,
    first: sideScore(first),
    second: sideScore(second),
    difference: compared === undefined ? null : { value: compared.difference, ...endsToGive(compared) },
    bySeed: first.map((one, seed) => one() - (second[seed]?.() ?? Number.NaN)),
    basis: compared === undefined ? "none" : !hasRows ? "seeds" : seeds > 1 ? "rowsAndSeeds" : "rows",
    rows,
    pValue: tested ?? compared?.pValue ?? null,
  };
}

function differenceBetween({ first, second, rows, hasRows, right }: LineInput) {
  const seeds = first.length;
  // A metric that is one number a run is the same in every resample: two show that it has no spread over rows.
  const resamples = hasRows ? Math.round(Math.min(mostResamples, Math.max(fewestResamples, mostDraws / (rows * seeds)))) : 2;
  const [one, other] = [first[0], second[0]];
  if (one === undefined || other === undefined) return undefined;
  return seeds > 1
    ? compareOverSeeds(first, second, rows, { resamples })
    : comparePaired(one, other, rows, { resamples, ...(right === undefined ? {} : { right }) });
}

function sideScore(metrics: readonly SampleMetric[]): ScoreLine["first"] {
  const values = metrics.map((metric) => metric());
  return { mean: meanOf(values), sd: values.length < 2 ? null : Math.sqrt(varianceOf(values)), values };
}
