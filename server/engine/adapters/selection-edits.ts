import type { SelectionEdit } from "./edits";
import type { TokenActivations } from "./host-activations";
import { activationWidth, type StanModule } from "./settings";

/** What is asked of the selection at one token: latents that are out of the running, and latents that are kept whatever their rank. */
export type Ruling = { readonly masked: ReadonlySet<number>; readonly forced: readonly number[] };

/** Where a latent is both masked and forced in, the later in the list wins. */
export function rulingOf(edits: readonly SelectionEdit[]): Ruling {
  const last = new Map(edits.map(({ index, operation }) => [index, operation]));
  const indices = [...last.keys()];
  return {
    masked: new Set(indices.filter((index) => last.get(index) === "ablatePre")),
    forced: indices.filter((index) => last.get(index) === "forceIn").sort((a, b) => a - b),
  };
}

/** Whether a ruling changes what is kept: a kept latent is masked, or one that is not is forced in. */
export function changesSelection({ masked, forced }: Ruling, kept: Int32Array): boolean {
  return forced.some((index) => !kept.includes(index)) || (masked.size > 0 && kept.some((index) => masked.has(index)));
}

/** Candidates that hold all that may be kept when up to `masked` latents of a token are masked. */
export function candidateWidth(module: StanModule, masked: number): number {
  return Math.min(activationWidth(module) + masked, module.numLatents);
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
    .slice(0, Math.max(0, activationWidth(module) - forced.indices.length));
  const kept = [
    ...others.map((slot): [number, number] => [indices[slot] as number, at(slot)]),
    ...Array.from(forced.indices, (index, slot): [number, number] => [index, forced.values[slot] as number]),
  ].sort(([a], [b]) => a - b);
  return {
    indices: Int32Array.from(kept, ([index]) => index),
    values: Float32Array.from(kept, ([, value]) => (module.selection === "relu" ? Math.max(value, 0) : value)),
  };
}
