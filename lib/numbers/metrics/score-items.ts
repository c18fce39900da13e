import { Random } from "@/lib/numbers/random";
import { bootstrapDistribution } from "@/lib/numbers/statistics/bootstrap";
import { endsToGive, fewestExamples } from "@/lib/numbers/statistics/enough-examples";
import { bootstrapInterval, comparePaired } from "@/lib/numbers/statistics/paired-difference";
import { discordantOf, mcnemarMidP } from "@/lib/numbers/statistics/paired-tests";
import { comparisonVerdict, type Verdict } from "@/lib/numbers/statistics/verdict";
import { type ItemMetricName, type Items, itemMetrics, rightOf, sampleOf } from "./item-metrics";
import type { SampleMetric } from "./sample-metric";

/** Items of a run, and of what it stands against, of the same rows. */
export type ItemPair = { readonly adapter: Items; readonly base: Items };

type Interval = { readonly low: number; readonly high: number };

/** One number of a run beside its base, over the same rows. */
export type ItemMetric = {
  name: ItemMetricName;
  adapter: number;
  /** Null where it is not defined. */
  base: number | null;
  /** The run's own, where there is no base to stand against. */
  interval: Interval | null;
  /** Run minus base, with its 95 % interval paired over rows; its ends are null over too few of them. */
  difference: { readonly value: number; readonly low: number | null; readonly high: number | null } | null;
  /** Of McNemar's mid-p test, where rows are right or wrong. */
  pValue: number | null;
  verdict: Verdict;
};

export type ItemScore = {
  rows: number;
  labelTokens: number;
  metrics: ItemMetric[];
  /** The first metric of each domain, where there are several. */
  byDomain: { domain: string; rows: number; metric: ItemMetric }[];
};

export type ScoredItems = {
  /** The one that the benchmark is read by comes first. */
  readonly names: readonly [ItemMetricName, ...ItemMetricName[]];
  readonly pair: ItemPair;
  /** What the base is called in a sentence. */
  readonly reference: string;
  readonly domains: readonly string[];
  /** Of each row its place among the domains, −1 for none. */
  readonly domainOf: ArrayLike<number>;
};

/** Draws that one interval is worth: over more rows there are fewer resamples, but enough to tell their skewness. */
const mostDraws = 1e7;
const [fewestResamples, mostResamples] = [1000, 2000];
/** With more undefined resamples the interval would be of another question. */
const mostUndefined = 0.05;
const level = 0.95;

/** Places of the rows that were measured. */
export function measuredPlaces({ adapter, base }: ItemPair): number[] {
  return Array.from(adapter.labelTokens, (_, place) => place).filter(
    (place) => adapter.labelTokens[place] !== 0 && base.labelTokens[place] !== 0,
  );
}

/**
 * A run's numbers beside its base's, with intervals paired over rows. Metrics that are not defined of the run are left out.
 *
 * @throws RangeError when no row was measured
 */
export function scoreItems(scored: ScoredItems): ItemScore {
  const { names, pair, domains, domainOf } = scored;
  const places = measuredPlaces(pair);
  if (places.length === 0) throw new RangeError("no row was measured");
  const byDomain = domains.flatMap((domain, at) => {
    const own = places.filter((place) => domainOf[place] === at);
    const metric = own.length === 0 ? undefined : measure(names[0], scored, own);
    return metric === undefined ? [] : [{ domain, rows: own.length, metric }];
  });
  return {
    rows: places.length,
    labelTokens: places.reduce((sum, place) => sum + (pair.adapter.labelTokens[place] ?? 0), 0),
    metrics: names.flatMap((name) => measure(name, scored, places) ?? []),
    byDomain: domains.length < 2 ? [] : byDomain,
  };
}

function measure(name: ItemMetricName, { pair, reference }: ScoredItems, places: readonly number[]): ItemMetric | undefined {
  const [ofAdapter, ofBase] = [sampleOf(name, pair.adapter, places), sampleOf(name, pair.base, places)];
  const [adapter, base] = [ofAdapter(), ofBase()];
  if (!Number.isFinite(adapter)) return undefined;
  if (Number.isNaN(base)) return alone(name, reference, ofAdapter, places.length);
  if (!Number.isFinite(base)) return undefined;
  const [right, baseRight] = [rightOf(name, pair.adapter, places), rightOf(name, pair.base, places)];
  const both = right === null || baseRight === null ? undefined : ([right, baseRight] as const);
  const options = { resamples: resamplesOver(places.length), level, ...(both === undefined ? {} : { right: both }) };
  const difference = comparePaired(ofAdapter, ofBase, places.length, options);
  const pValue = both === undefined ? null : mcnemarMidP(discordantOf(...both));
  const verdict = comparisonVerdict({
    metric: itemMetrics[name],
    first: "The adapter",
    second: reference,
    difference,
    about: "runs",
    ...(pValue === null ? {} : { pValue }),
  });
  return {
    name,
    adapter,
    base,
    interval: null,
    difference: difference === undefined ? null : { value: difference.difference, ...endsToGive(difference) },
    pValue,
    verdict,
  };
}

/** A metric that the base does not have, such as a correlation of a constant prediction. */
function alone(name: ItemMetricName, reference: string, metric: SampleMetric, rows: number): ItemMetric {
  const text = `${reference.slice(0, 1).toUpperCase()}${reference.slice(1)} has no ${itemMetrics[name].label}: it does not vary.`;
  const interval = rows < fewestExamples ? null : intervalOf(metric, rows);
  return { name, adapter: metric(), base: null, interval, difference: null, pValue: null, verdict: { kind: "notComparable", text } };
}

function intervalOf(metric: SampleMetric, rows: number): Interval | null {
  const resamples = resamplesOver(rows);
  const distribution = bootstrapDistribution(metric, rows, resamples, new Random(0));
  if (distribution.undefinedResamples > mostUndefined * resamples) return null;
  // Of its own resamples, so that a correlation stays within −1…1.
  const [low, high] = bootstrapInterval(distribution, metric, rows, level, "expanded");
  return { low, high };
}

function resamplesOver(rows: number): number {
  return Math.round(Math.min(mostResamples, Math.max(fewestResamples, mostDraws / rows)));
}
