import { decimalsOfSpread, formatFixed, formatInteger, formatPlural, formatSigned } from "@/lib/numbers/format";
import type { Metric } from "@/lib/numbers/metrics/metric-names";
import { fewestExamples } from "./enough-examples";
import type { SeedsDifference } from "./over-seeds";
import { mostSkewness, type PairedDifference } from "./paired-difference";

export type Comparison = {
  readonly metric: Metric;
  /** What is compared, as it is called in the sentence. */
  readonly first: string;
  readonly second: string;
  /** First minus second; undefined where the metric is not defined. */
  readonly difference: PairedDifference | SeedsDifference | undefined;
  /** `runs`: these adapters as they are. `methods`: what other seeds of theirs would give too, which one seed each cannot tell. */
  readonly about: "runs" | "methods";
  /** A difference that does not matter, in the metric's unit (0.01 is one percentage point of a share). */
  readonly margin?: number;
  /** Of McNemar's test for accuracies, or corrected for several comparisons; it must be under 1 − level too. */
  readonly pValue?: number;
  /** How many comparisons `pValue` is corrected for; 1 unless told. */
  readonly correctedFor?: number;
  /** Why the numbers are not of the same thing: other data, another template, a run that has not ended. */
  readonly obstacle?: string;
};

/** What the interval allows to say of the first; `text` is the sentence. */
export type Verdict = {
  readonly kind: "better" | "worse" | "notDistinguishable" | "equivalent" | "notComparable";
  readonly text: string;
};

/**
 * The comparison in plain words, no more than its interval allows.
 *
 * - *better*, *worse*: the whole interval lies on one side of 0 (and p, where given, is under 1 − level).
 * - *equivalent*: a margin is stated and the whole interval lies within it, which is stricter than two one-sided tests at 5 %
 *   (Schuirmann 1987); it comes before better and worse, for the margin says what matters.
 * - *not distinguishable*: 0 lies within. That is no claim of equality. Also for methods of which only one seed each was run, and for
 *   runs that agree on every example.
 * - *not comparable*: an obstacle, a metric that is not defined, or fewer examples than an interval can be trusted with.
 *
 * @throws RangeError for a margin that is not above 0
 */
export function comparisonVerdict(comparison: Comparison): Verdict {
  const { metric, first, second, difference, about, margin, obstacle } = comparison;
  if (margin !== undefined && !(margin > 0)) throw new RangeError(`margin ${margin} is not above 0`);
  const apart = (reason: string): Verdict => ({ kind: "notComparable", text: `${first} and ${second} cannot be compared: ${reason}.` });
  if (obstacle !== undefined) return apart(obstacle);
  if (difference === undefined) return apart(`${metric.label} is not defined on these examples`);
  if (difference.examples < fewestExamples)
    return apart(`${formatPlural(difference.examples, "example")} are too few for an interval, which takes ${fewestExamples}`);

  const { low, high } = difference;
  const unsure = (reason: string): Verdict => ({
    kind: "notDistinguishable",
    text: `${first} and ${second} are not distinguishable: ${reason}`,
  });
  if (low === 0 && high === 0) return unsure(`${metric.label} is the same on all ${formatInteger(difference.examples)} examples.`);
  const seen = `${metric.label} ${signedIn(metric, difference)}, ${spanOf(difference)}`;
  if (about === "methods" && !("seeds" in difference))
    return unsure(`with one seed each, a difference of the runs (${seen}) cannot be told from one of the seeds.`);
  if (margin !== undefined && low > -margin && high < margin)
    return {
      kind: "equivalent",
      text: `${first} and ${second} are equivalent within ${amountIn(metric, margin, decimalsOf(metric, margin))}: ${seen}. ${reachOf(difference)}${cautionOf(difference)}`,
    };
  if (agreesEverywhere(difference))
    return unsure(
      `they are right and wrong on the same of ${formatPlural(difference.examples, "example")}, which leaves ${amountIn(metric, high, decimalsOf(metric, high))} either way open.`,
    );
  if (low <= 0 && high >= 0) return unsure(`${seen}. This is not evidence that they are equal.${cautionOf(difference)}`);
  if (comparison.pValue !== undefined && !(comparison.pValue < 1 - difference.level))
    return unsure(`${seen}, but ${testOf(comparison)} p is ${formatFixed(comparison.pValue, 3)}.${cautionOf(difference)}`);
  return sidedVerdict(comparison, difference);
}

function testOf({ correctedFor = 1 }: Comparison): string {
  return correctedFor > 1 ? `corrected for ${correctedFor} comparisons (Holm)` : "the test's";
}

/** Names the better side first, whichever it is. */
function sidedVerdict({ metric, first, second }: Comparison, difference: PairedDifference | SeedsDifference): Verdict {
  const kind = difference.difference > 0 === (metric.better === "higher") ? "better" : "worse";
  const [winner, other] = kind === "better" ? [first, second] : [second, first];
  const decimals = decimalsOf(metric, (difference.high - difference.low) / 2);
  const sizes = [Math.abs(difference.low), Math.abs(difference.high)].sort((a, b) => a - b);
  const [least = 0, most = 0] = sizes.map((size) => size * scaleOf(metric));
  const by = amountIn(metric, Math.abs(difference.difference), decimals);
  const interval = `${percentOf(difference)} interval ${formatFixed(least, decimals)} to ${formatFixed(most, decimals)}`;
  return {
    kind,
    text: `${winner} is better than ${other}: ${metric.label} is ${metric.better} by ${by} (${interval}, ${basisOf(difference)}). ${reachOf(difference)}${cautionOf(difference)}`,
  };
}

function agreesEverywhere(difference: PairedDifference | SeedsDifference): boolean {
  return !("seeds" in difference) && difference.discordant === 0;
}

/** Where the interval is known to hold the truth less often than it says, or to be wide for want of seeds; empty elsewhere. */
function cautionOf(difference: PairedDifference | SeedsDifference): string {
  if (Math.abs(difference.skewness) > mostSkewness)
    return ` A few examples carry much of this difference, so that the interval may hold the true one less often than ${percentOf(difference)} of the time.`;
  return "seeds" in difference && difference.seeds === 2
    ? " Two seeds tell little of how seeds differ, which makes the interval wide."
    : "";
}

/** What the claim reaches, which a reader would otherwise take to be more. */
function reachOf(difference: PairedDifference | SeedsDifference): string {
  if (!("seeds" in difference)) return "Holds on similar data; other seeds may differ.";
  // Metrics that were known as one number a run, not example by example.
  if (difference.exampleError === 0) return "Holds for other seeds on these examples; other examples may differ.";
  return "Holds for other seeds and similar data.";
}

function signedIn(metric: Metric, { difference, low, high }: PairedDifference | SeedsDifference): string {
  const decimals = decimalsOf(metric, (high - low) / 2);
  const [at, from, to] = [difference, low, high].map((value) => formatSigned(value * scaleOf(metric), decimals));
  return `differs by ${at}${unitOf(metric)} (${from} to ${to})`;
}

function spanOf(difference: PairedDifference | SeedsDifference): string {
  return `${percentOf(difference)} interval, ${basisOf(difference)}`;
}

function basisOf(difference: PairedDifference | SeedsDifference): string {
  const examples = formatPlural(difference.examples, "example");
  return "seeds" in difference ? `${formatPlural(difference.seeds, "seed")}, ${examples}` : examples;
}

function percentOf({ level }: { readonly level: number }): string {
  return `${Number((level * 100).toFixed(2))} %`;
}

function amountIn(metric: Metric, value: number, decimals: number): string {
  return `${formatFixed(value * scaleOf(metric), decimals)}${unitOf(metric)}`;
}

function scaleOf({ unit }: Metric): number {
  return unit === "share" ? 100 : 1;
}

function unitOf({ unit }: Metric): string {
  if (unit === "number") return "";
  return unit === "share" ? " percentage points" : " nats";
}

function decimalsOf(metric: Metric, spread: number): number {
  return decimalsOfSpread(spread * scaleOf(metric));
}
