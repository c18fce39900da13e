import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";
import { unknownNumbers } from "@/lib/contract/latent-columns/latent-columns";
import { fromBars } from "@/server/interop/linear-bars";
import type { SpooledExample } from "./example-spool";
import type { FeatureRecord } from "./neuronpedia-schemas";

/** A latent out of another tool's export, in the form in which the store takes one; what the export does not say is null or empty. */
export type ImportedLatent = ReturnType<typeof toLatent>;
/** Its examples: the strongest first, and bands, weakest first. */
export type ImportedExamples = { module: number; index: number } & ReturnType<typeof toExamples>;

type Group = NonNullable<SpooledExample["group"]>;

const mostTokens = 10;
const histogramBins = 128;

/** Tokens at which a latent fires in its examples, and those that follow. */
export class ExampleTokens {
  private readonly at = new Map<string, number>();
  private readonly after = new Map<string, number>();
  private readonly seen = new Set<string>();
  private counted = 0;

  /** A place that lies in several examples is counted once. */
  add(context: number, tokens: readonly string[], firingPositions: ArrayLike<number>): void {
    for (let i = 0; i < firingPositions.length; i++) {
      const position = firingPositions[i] ?? 0;
      const place = `${context} ${position}`;
      if (this.seen.has(place)) continue;
      this.seen.add(place);
      this.counted++;
      raise(this.at, tokens[position]);
      raise(this.after, tokens[position + 1]);
    }
  }

  /** The most frequent; all firings beyond the examples may be at any token, and base rates are not known. */
  summary(fireCount: number): { topTokens: CountedToken[]; nextTokens: CountedToken[] } {
    const error = Math.max(0, fireCount - this.counted);
    return { topTokens: mostFrequent(this.at, error), nextTokens: mostFrequent(this.after, error) };
  }
}

/** @param feature undefined for an index that the export leaves out, which is stored without firings */
export function toLatent(
  place: { module: number; index: number; tokens: number },
  feature: FeatureRecord | undefined,
  examples: ExampleTokens | undefined,
) {
  // A share is rounded: that of a latent with an example is not 0.
  const least = examples === undefined ? 0 : 1;
  const fireCount =
    feature === undefined ? 0 : Math.min(place.tokens, Math.max(least, Math.round((feature.frac_nonzero ?? 0) * place.tokens)));
  const isAlive = feature !== undefined && fireCount > 0;
  const { topTokens, nextTokens } = examples?.summary(fireCount) ?? { topTokens: [], nextTokens: [] };
  const related = feature?.topkCosSimIndices ?? [];
  const bars = { values: feature?.freq_hist_data_bar_values ?? [], heights: feature?.freq_hist_data_bar_heights ?? [] };
  return {
    module: place.module,
    index: place.index,
    ...unknownNumbers,
    fireCount,
    maxActivation: isAlive ? feature.maxActApprox : null,
    decoderNorm: feature?.vector ?? null,
    attributionCount: 0,
    selectivityInterval: null,
    topDomain: null,
    domainCounts: [] as number[],
    topTokens,
    positiveTail: null,
    negativeTail: null,
    nextTokens,
    histogram: isAlive ? fromBars(bars, fireCount) : new Uint32Array(histogramBins),
    related: {
      decoder: related
        .map((index, rank) => ({ module: place.module, index, value: feature?.topkCosSimValues[rank] ?? 0 }))
        .filter(({ index }) => index !== place.index),
      encoder: [],
      firesWith: [],
    },
    logitEffect: feature === undefined ? null : logitEffectOf(feature),
    spectrum: null,
    trainingDensity: null,
    quiet: [] as number[],
  };
}

/**
 * Groups of examples as bands of rank. A group says which share of all tokens lies between its ends, rounded, and the tokens of no firing lie in the one
 * around 0: that one has the firings that the others leave.
 */
export function toExamples(examples: readonly SpooledExample[], { fireCount, tokens }: { fireCount: number; tokens: number }) {
  const top = examples.filter(({ group }) => group === null).sort((a, b) => b.activation - a.activation);
  const groups = groupsOf(examples);
  const firings = firingsOf(groups, { fireCount, tokens });
  // From the strongest down, since a group in between may be left out where it has no example.
  let to = 1;
  const bands = groups.map(({ group, members }, place) => {
    const count = firings[place] ?? 0;
    const from = Math.max(0, to - count / Math.max(1, fireCount));
    const band = {
      from: round(from),
      to: round(to),
      firings: count,
      lowest: group.min,
      highest: group.max,
      examples: members.map(toStored),
    };
    to = from;
    return band;
  });
  return { top: top.map(toStored), bands: bands.reverse() };
}

type GroupMembers = { group: Group; members: SpooledExample[] };

/** Strongest first: by magnitude where no group has a nearer end that lies further from 0, as in an export of ours of signed activations. */
function groupsOf(examples: readonly SpooledExample[]): GroupMembers[] {
  const groups = new Map<string, GroupMembers>();
  for (const example of examples) {
    const { group } = example;
    if (group === null) continue;
    const key = `${group.min} ${group.max} ${group.contains}`;
    const own = groups.get(key) ?? { group, members: [] };
    own.members.push(example);
    groups.set(key, own);
  }
  const found = [...groups.values()];
  const isByMagnitude = found.every(({ group }) => Math.abs(group.min) <= Math.abs(group.max));
  const weakest = ({ group }: GroupMembers) => (isByMagnitude ? Math.abs(group.min) : group.min);
  return found.sort((a, b) => weakest(b) - weakest(a));
}

/** Firings of each group: no fewer than its examples, no more than all. */
function firingsOf(groups: readonly GroupMembers[], { fireCount, tokens }: { fireCount: number; tokens: number }): number[] {
  const isAroundZero = ({ group }: GroupMembers) => group.min <= 0 && group.max >= 0;
  const stated = groups.map(({ group, members }) => Math.min(fireCount, Math.max(members.length, Math.round(group.contains * tokens))));
  const others = groups.reduce((sum, group, place) => (isAroundZero(group) ? sum : sum + (stated[place] ?? 0)), 0);
  return groups.map((group, place) => {
    const count = stated[place] ?? 0;
    return isAroundZero(group) ? Math.min(count, Math.max(0, fireCount - others)) : count;
  });
}

function toStored({ context, position, activation, tokens, firingPositions, firingActivations }: SpooledExample) {
  return { context, position, activation, duplicates: 0, from: 0, to: tokens, firingPositions, firingActivations };
}

function logitEffectOf({ pos_str, pos_values, neg_str, neg_values }: FeatureRecord) {
  if (pos_str.length === 0 && neg_str.length === 0) return null;
  const changes = (texts: readonly string[], values: readonly number[]) =>
    texts.map((token, rank) => ({ token, change: values[rank] ?? 0 }));
  return { raised: changes(pos_str, pos_values), lowered: changes(neg_str, neg_values) };
}

function mostFrequent(counts: ReadonlyMap<string, number>, error: number): CountedToken[] {
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, mostTokens)
    .map(([token, count]) => ({ token, count, error, lift: 0 }));
}

function raise(counts: Map<string, number>, token: string | undefined): void {
  if (token !== undefined) counts.set(token, (counts.get(token) ?? 0) + 1);
}

function round(quantile: number): number {
  return Math.round(quantile * 1e6) / 1e6;
}
