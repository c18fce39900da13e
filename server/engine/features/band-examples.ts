import { lowerEdge, numHalfOctaves, upperEdge } from "@/lib/numbers/half-octaves";
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
type Stratum = { first: number; count: number; lowest: number; highest: number; entries: Entry[] };

/** A sampled firing that stands for `weight` of them: those of ranks from `start` on, of which `rank` is drawn. */
type Entry = { slot: number; key: number; hash: number; weight: number; start: number; rank: number };

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
  const strongest = strata.at(-1);
  if (strongest === undefined) return [];
  const total = strongest.first + strongest.count;
  const entries = strata.flatMap((stratum) => stratum.entries);
  return bandEdges.slice(1).map((to, band) => {
    const from = bandEdges[band] ?? 0;
    const [first, end] = [Math.round(from * total), Math.round(to * total)];
    const firings = end - first;
    if (firings === 0) return { from, to, firings, lowest: null, highest: null, examples: [] };
    const inBand = entries.filter(({ rank }) => rank >= first && rank < end);
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
  const [positive, negative] = [module.bins.find(latent, false), module.bins.find(latent, true)];
  const strata: Stratum[] = [];
  if (module.shape.rank === "magnitude") {
    const largest = Math.max(Math.abs(max), Math.abs(min));
    for (let bin = 0; bin < numHalfOctaves; bin++) {
      addStratum(strata, module, [positive, negative], bin, lowerEdge(bin), Math.min(upperEdge(bin), largest));
    }
    return strata;
  }
  for (let bin = numHalfOctaves - 1; bin >= 0; bin--) {
    addStratum(strata, module, [negative], bin, Math.max(-upperEdge(bin), min), Math.min(-lowerEdge(bin), max));
  }
  for (let bin = 0; bin < numHalfOctaves; bin++) {
    addStratum(strata, module, [positive], bin, Math.max(lowerEdge(bin), min), Math.min(upperEdge(bin), max));
  }
  return strata;
}

/** Adds a half octave's firings, if any. @param starts where the latent's counts of each sign begin, −1 for none */
function addStratum(
  strata: Stratum[],
  { bins, samples, shape }: ModuleStatistics,
  starts: readonly number[],
  bin: number,
  lowest: number,
  highest: number,
): void {
  let total = 0;
  const entries: Entry[] = [];
  for (const start of starts) {
    const count = start < 0 ? 0 : (bins.counts[start + bin] as number);
    if (count === 0) continue;
    total += count;
    const slots = samples.slotsOf(start + bin);
    for (const slot of slots) {
      const value = samples.kept.values[slot] as number;
      const key = shape.rank === "magnitude" ? Math.abs(value) : value;
      entries.push({ slot, key, hash: samples.hashes[slot] as number, weight: count / slots.length, start: 0, rank: 0 });
    }
  }
  if (total === 0) return;
  entries.sort((a, b) => a.key - b.key || a.hash - b.hash);
  const last = strata.at(-1);
  const first = last === undefined ? 0 : last.first + last.count;
  let within = 0;
  for (const entry of entries) {
    entry.start = first + within;
    entry.rank = entry.start + entry.weight * evenFromHash(entry.hash, rankChoice);
    within += entry.weight;
  }
  strata.push({ first, count: total, lowest, highest, entries });
}

function stratumAt(strata: readonly Stratum[], rank: number): Stratum {
  const found = strata.find(({ first, count }) => rank < first + count);
  if (found === undefined) throw new RangeError(`rank ${rank} is that of no firing`);
  return found;
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
