import { numHalfOctaves } from "@/lib/numbers/half-octaves";
import type { InParts } from "@/server/engine/tensor/in-parts";
import type { CollectionStatistics } from "./collection-statistics";
import { addedArrays } from "./counts/added-arrays";
import { joinMoments } from "./counts/central-moments";
import { tailSigns } from "./counts/tails";
import { mergeRatios } from "./counts/update-range";
import { binsOf, type ModuleStatistics } from "./module-statistics";

/**
 * Adds another part of the same collection, over other rows, to `into`, module by module, and one with many token counts in parts; `from` is left as
 * it is.
 *
 * @throws RangeError when the two are not of one plan
 */
export function* mergeCollections(into: CollectionStatistics, from: CollectionStatistics): InParts<void> {
  if (planOf(into) !== planOf(from)) {
    throw new RangeError("the statistics to be merged are not of one plan: modules, latents, domains, seed, probes or limits differ");
  }
  into.tokens += from.tokens;
  into.rows += from.rows;
  into.followed += from.followed;
  addEach(into.domainTokens, from.domainTokens);
  addEach(into.domainRows, from.domainRows);
  addEach(into.classRows, from.classRows);
  addEach(into.tokenCounts, from.tokenCounts);
  addEach(into.followerCounts, from.followerCounts);
  addBits(into.probes.seen, from.probes.seen);
  const sampledBefore = into.sample.count;
  const { hashes, rows, positions, count } = from.sample;
  const sampled = into.sample.take(
    { counted: new Uint8Array(count).fill(1), rows, positions },
    hashes.subarray(0, count),
    from.sample.halvings,
  );
  for (const [name, module] of into.modules) {
    const other = from.modules.get(name);
    if (other === undefined) continue;
    yield* mergeModule(module, other);
    if (other.fired !== undefined) module.fired?.followSlots(sampled, sampledBefore, other.fired);
    yield;
  }
}

/** What two parts of one collection have in common, as text. */
function planOf({ seed, domainTokens, tokenCounts, probes, sample, tokenBudget, modules }: CollectionStatistics): string {
  const shapes = [...modules].map(([name, { shape }]) => [name, shape]);
  return JSON.stringify([seed, domainTokens.length, tokenCounts.length, probes.probes, sample.capacity, tokenBudget.limitBytes, shapes]);
}

function* mergeModule(into: ModuleStatistics, from: ModuleStatistics): InParts<void> {
  // Before counts and sums are added: these are of the two apart.
  mergeMoments(into, from);
  for (const name of addedArrays) addEach(into[name], from[name]);
  addEach(into.squares, from.squares);
  mergeRatios(into.ratios, from.ratios);
  addEach(into.domainCounts, from.domainCounts);
  addEach(into.domainRows, from.domainRows);
  addEach(into.classRows, from.classRows);
  addEach(into.placeCounts, from.placeCounts);
  addBits(into.probeMasks, from.probeMasks);
  from.max.forEach((max, latent) => {
    into.max[latent] = Math.max(into.max[latent] as number, max);
    into.min[latent] = Math.min(into.min[latent] as number, from.min[latent] as number);
  });
  mergeActivations(into, from);
  into.examples.merge(from.examples);
  if (from.lowExamples !== undefined) into.lowExamples?.merge(from.lowExamples);
  if (from.tails !== undefined) for (const sign of tailSigns) into.tails?.[sign].merge(from.tails[sign]);
  yield* into.tokens.merge(from.tokens);
  yield* into.nextTokens.merge(from.nextTokens);
}

function mergeMoments(into: ModuleStatistics, from: ModuleStatistics): void {
  const { second, third } = from.moments;
  const counted = ({ fireCount, sum }: ModuleStatistics, latent: number) => ({
    count: fireCount[latent] as number,
    sum: sum[latent] as number,
  });
  for (let latent = 0; latent < second.length; latent++) {
    const part = { ...counted(from, latent), second: second[latent] as number, third: third[latent] as number };
    joinMoments(into.moments, latent, counted(into, latent), part);
  }
}

/** Counts by half octave, and their samples. */
function mergeActivations(into: ModuleStatistics, from: ModuleStatistics): void {
  const { numLatents } = from.shape;
  from.bins.rows.forEach((ofFrom, at) => {
    if (ofFrom < 0) return;
    const isNegative = at >= numLatents;
    const start = binsOf(into, isNegative ? at - numLatents : at, isNegative);
    for (let bin = 0; bin < numHalfOctaves; bin++) {
      const count = from.bins.counts[ofFrom * numHalfOctaves + bin] as number;
      if (count === 0) continue;
      into.bins.counts[start + bin] = (into.bins.counts[start + bin] as number) + count;
      into.samples.mergeBin(start + bin, from.samples, ofFrom * numHalfOctaves + bin);
    }
  });
}

function addEach(into: Float64Array | Uint32Array, from: Float64Array | Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) + (from[i] as number);
}

function addBits(into: Uint32Array, from: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) | (from[i] as number);
}
