import type { TokenActivations } from "@/server/engine/methods/activations";
import type { Ruling } from "@/server/engine/methods/attached-module";
import { keptWidth, type StanModule } from "./stan-module";

/** Whether a ruling changes what is kept: a kept latent is masked, or one that is not is forced in. */
export function changesSelection({ masked, forced }: Ruling, kept: Int32Array): boolean {
  return forced.some((index) => !kept.includes(index)) || (masked.size > 0 && kept.some((index) => masked.has(index)));
}

/** Candidates that hold all that may be kept when up to `masked` latents of a token are masked. */
export function candidateWidth(module: StanModule, masked: number): number {
  return Math.min(keptWidth(module) + masked, module.numLatents);
}

/**
 * Selects at one token as TopK does under a ruling: the slot of a masked latent goes to the next, and one that is forced in takes the slot of the
 * lowest ranked that is not.
 *
 * @param candidates raw pre-activations of the first in rank, as many as `candidateWidth` says
 * @param forced raw pre-activations of the forced latents
 * @returns the kept latents by ascending index: k of them; fewer where the module has no more, more where more are forced in
 */
export function selectToken(
  module: StanModule,
  candidates: TokenActivations,
  { masked }: Ruling,
  forced: TokenActivations,
): TokenActivations {
  const { indices, values } = candidates;
  const at = (slot: number) => values[slot] as number;
  const rank = (slot: number) => (module.selection === "abs" ? Math.abs(at(slot)) : at(slot));
  const others = Array.from(indices, (_, slot) => slot)
    .filter((slot) => !masked.has(indices[slot] as number) && !forced.indices.includes(indices[slot] as number))
    .sort((a, b) => rank(b) - rank(a) || a - b)
    .slice(0, Math.max(0, keptWidth(module) - forced.indices.length));
  const kept = [
    ...others.map((slot): [number, number] => [indices[slot] as number, at(slot)]),
    ...Array.from(forced.indices, (index, slot): [number, number] => [index, forced.values[slot] as number]),
  ].sort(([a], [b]) => a - b);
  return {
    indices: Int32Array.from(kept, ([index]) => index),
    values: Float32Array.from(kept, ([, value]) => (module.selection === "relu" ? Math.max(value, 0) : value)),
  };
}
