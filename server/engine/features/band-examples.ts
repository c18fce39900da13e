import { lowerEdge, numBins, upperEdge } from "./counts/half-octaves";
import type { KeptExample } from "./examples/kept-positions";
import type { ModuleStatistics } from "./module-statistics";
import { evenFromHash } from "./samples/position-hash";

/** Quantiles between which examples are shown: of a firing's rank by activation (by magnitude for LoRA), from the weakest. */
export const bandEdges = [0, 0.25, 0.5, 0.75, 0.95, 1] as const;

/** Firings between two quantiles of their rank, and some of them. */
export type Band<Example> = {
  from: number;
  to: number;
  /** Firings in the band. */
  firings: number;
  /** Activations (magnitudes for LoRA) that all the band's lie between, to half an octave; null for an empty band. */
  lowest: number | null;
  highest: number | null;
  /** Strongest first. */
  examples: Example[];
};

/** Firings of one half octave, of both signs for LoRA: they rank between those of the strata before and after. */
type Stratum = { count: number; lowest: number; highest: number; entries: Entry[] };

/** A sampled firing that stands for `weight` of them: those of ranks from `start` on. */
type Entry = { slot: number; key: number; hash: number; weight: number; start: number };

/** Choices made by one hash must not follow each other. */
const rankChoice = 1;
const bandChoice = 2;

/**
 * For each quantile band an even sample of its firings. Each half octave of a latent's activations has an even sample of its own; its firings,
 * in order, share the ranks that the half octave takes. A sampled firing's rank is drawn in its share, by the hash of its position, and says
 * its band; of a band's firings those are taken that come first when keyed by the hash and weighted by what they stand for (Efraimidis and
 * Spirakis 2006). A band narrower than a share shows the firing whose share covers most of it. With no more firings in any half octave than
 * samples are kept all ranks are exact.
 *
 * @param perBand examples a band, at most
 * @returns the weakest band first; none for a latent that never fired
 */
export function bandExamples(module: ModuleStatistics, latent: number, perBand = 5): Band<KeptExample>[] {
  const strata = strataOf(module, latent);
  const total = strata.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const entries = strata.flatMap((stratum) => stratum.entries);
  const rankOf = ({ hash, start, weight }: Entry) => start + weight * evenFromHash(hash, rankChoice);
  return bandEdges.slice(1).map((to, band) => {
    const from = bandEdges[band] ?? 0;
    const [first, end] = [Math.round(from * total), Math.round(to * total)];
    const firings = end - first;
    if (firings === 0) return { from, to, firings, lowest: null, highest: null, examples: [] };
    const inBand = entries.filter((entry) => rankOf(entry) >= first && rankOf(entry) < end);
    const chosen = inBand.length > 0 ? weightedChoice(inBand, perBand) : [widest(entries, first, end)];
    return {
      from,
      to,
      firings,
      lowest: stratumAt(strata, first).lowest,
      highest: stratumAt(strata, end - 1).highest,
      examples: chosen.sort((a, b) => b.key - a.key || a.hash - b.hash).map(({ slot }) => module.samples.kept.read(slot)),
    };
  });
}

/** From the weakest, with the samples in order of activation. */
function strataOf(module: ModuleStatistics, latent: number): Stratum[] {
  const [max, min] = [module.max[latent] ?? 0, module.min[latent] ?? 0];
  const strata: Stratum[] = [];
  let start = 0;
  const add = (bin: number, signs: readonly boolean[], keyOf: (value: number) => number, lowest: number, highest: number) => {
    const parts = signs.map((isNegative) => partOf(module, latent, isNegative, bin));
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    if (count === 0) return;
    const entries = parts.flatMap(({ slots, weight }) =>
      Array.from(slots, (slot) => {
        const value = module.samples.kept.values[slot] ?? 0;
        return { slot, key: keyOf(value), hash: module.samples.hashes[slot] ?? 0, weight, start: 0 };
      }),
    );
    entries.sort((a, b) => a.key - b.key || a.hash - b.hash);
    let within = 0;
    for (const entry of entries) {
      entry.start = start + within;
      within += entry.weight;
    }
    strata.push({ count, lowest, highest, entries });
    start += count;
  };
  if (module.shape.rank === "magnitude") {
    const largest = Math.max(Math.abs(max), Math.abs(min));
    for (let bin = 0; bin < numBins; bin++) {
      add(bin, [false, true], Math.abs, lowerEdge(bin), Math.min(upperEdge(bin), largest));
    }
    return strata;
  }
  const itself = (value: number) => value;
  for (let bin = numBins - 1; bin >= 0; bin--) add(bin, [true], itself, Math.max(-upperEdge(bin), min), Math.min(-lowerEdge(bin), max));
  for (let bin = 0; bin < numBins; bin++) add(bin, [false], itself, Math.max(lowerEdge(bin), min), Math.min(upperEdge(bin), max));
  return strata;
}

function partOf({ bins, samples }: ModuleStatistics, latent: number, isNegative: boolean, bin: number) {
  const start = bins.find(latent, isNegative);
  const count = start < 0 ? 0 : (bins.counts[start + bin] ?? 0);
  if (count === 0) return { count, slots: new Int32Array(0), weight: 0 };
  const slots = samples.slotsOf(start + bin);
  return { count, slots, weight: count / slots.length };
}

function stratumAt(strata: readonly Stratum[], rank: number): { lowest: number; highest: number } {
  let end = 0;
  for (const stratum of strata) {
    end += stratum.count;
    if (rank < end) return stratum;
  }
  throw new RangeError(`rank ${rank} is not in 0…${end - 1}`);
}

function weightedChoice(entries: readonly Entry[], limit: number): Entry[] {
  const keyed = entries.map((entry) => ({ entry, key: Math.log(evenFromHash(entry.hash, bandChoice)) / entry.weight }));
  return keyed
    .sort((a, b) => b.key - a.key || a.entry.slot - b.entry.slot)
    .slice(0, limit)
    .map(({ entry }) => entry);
}

/** The entry whose share covers most of the ranks from `first` to `end`, the weakest of equal ones. */
function widest(entries: readonly Entry[], first: number, end: number): Entry {
  const overlap = ({ start, weight }: Entry) => Math.min(start + weight, end) - Math.max(start, first);
  return entries.reduce((best, entry) => (overlap(entry) > overlap(best) ? entry : best));
}
