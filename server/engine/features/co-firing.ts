import type { CollectionStatistics } from "./collection-statistics";

/** A latent of the same module that fires at the same positions. */
export type CoFiring = {
  index: number;
  /** Normalised pointwise mutual information, above 0, at most 1: at the same positions always. */
  value: number;
  /** Sampled positions at which both fire. */
  together: number;
};

/** Fewer positions together say nothing. */
const fewestTogether = 3;

/** Positions that co-firing is counted over; 0 where it is not sampled. */
export function coFiringSampled({ sample, modules }: CollectionStatistics): number {
  return [...modules.values()].some(({ fired }) => fired !== undefined) ? sample.count : 0;
}

/**
 * Which latents of a module fire together, over the sampled positions: of those with at least 3 positions in common and a normalised pointwise
 * mutual information above 0 (Bouma 2009; ln(p₁₂ / p₁ p₂) / −ln p₁₂), the `limit` highest, of equal ones those with more in common.
 *
 * @returns empty lists for LoRA, whose components are all active everywhere
 * @throws RangeError when there is no such module
 */
export function coFiring({ sample, modules }: CollectionStatistics, moduleName: string, limit = 8): (latent: number) => CoFiring[] {
  const module = modules.get(moduleName);
  if (module === undefined) throw new RangeError(`${moduleName} has no statistics`);
  if (module.fired === undefined) return () => [];
  const { ids, width } = module.fired;
  const { numLatents } = module.shape;
  const { starts, slots } = slotsByLatent(ids, sample.count, width, numLatents);
  const counts = new Int32Array(numLatents);
  const countOf = (latent: number) => (starts[latent + 1] as number) - (starts[latent] as number);

  return (latent) => {
    const met: number[] = [];
    for (let i = starts[latent] as number; i < (starts[latent + 1] as number); i++) {
      const start = (slots[i] as number) * width;
      for (let at = start; at < start + width; at++) {
        const other = ids[at] as number;
        if (other < 0 || other === latent) continue;
        if (counts[other] === 0) met.push(other);
        counts[other] = (counts[other] as number) + 1;
      }
    }
    const found: CoFiring[] = [];
    for (const index of met) {
      const together = counts[index] as number;
      counts[index] = 0;
      if (together < fewestTogether) continue;
      const value = normalisedInformation(together, countOf(latent), countOf(index), sample.count);
      if (value > 0) found.push({ index, value, together });
    }
    return found.sort((a, b) => b.value - a.value || b.together - a.together || a.index - b.index).slice(0, limit);
  };
}

/** Two that fire everywhere say nothing of each other: 0. */
function normalisedInformation(together: number, ofOne: number, ofOther: number, total: number): number {
  return together === total ? 0 : Math.log((together * total) / (ofOne * ofOther)) / Math.log(total / together);
}

/** Slots at which each latent fires, latent after latent. */
function slotsByLatent(ids: Int32Array, count: number, width: number, numLatents: number): { starts: Int32Array; slots: Int32Array } {
  const starts = new Int32Array(numLatents + 1);
  for (let at = 0; at < count * width; at++) {
    const latent = ids[at] as number;
    if (latent >= 0) starts[latent + 1] = (starts[latent + 1] as number) + 1;
  }
  for (let latent = 0; latent < numLatents; latent++) starts[latent + 1] = (starts[latent + 1] as number) + (starts[latent] as number);
  const slots = new Int32Array(starts[numLatents] as number);
  const next = starts.slice();
  for (let at = 0; at < count * width; at++) {
    const latent = ids[at] as number;
    if (latent < 0) continue;
    slots[next[latent] as number] = Math.floor(at / width);
    next[latent] = (next[latent] as number) + 1;
  }
  return { starts, slots };
}
