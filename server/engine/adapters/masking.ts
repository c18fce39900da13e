import type { TokenActivations } from "./edits";
import { activationWidth, type StanModule } from "./settings";

/** Candidates that hold all that may be kept when up to `masked` latents of a token are masked. */
export function candidateWidth(module: StanModule, masked: number): number {
  return Math.min(activationWidth(module) + masked, module.numLatents);
}

/**
 * Selects at one token as TopK does when some latents are masked before it: the slot of a masked one goes to the next.
 *
 * @param candidates raw pre-activations, as `candidateLatents` gives them for at least as many masked latents
 * @returns the kept latents by ascending index: k of them, or fewer where the module has no more
 */
export function keepUnmasked(module: StanModule, { indices, values }: TokenActivations, masked: ReadonlySet<number>): TokenActivations {
  const at = (slot: number) => values[slot] as number;
  const rank = (slot: number) => (module.selection === "abs" ? Math.abs(at(slot)) : at(slot));
  const kept = Array.from(indices, (_, slot) => slot)
    .filter((slot) => !masked.has(indices[slot] as number))
    .sort((a, b) => rank(b) - rank(a) || a - b)
    .slice(0, activationWidth(module))
    .sort((a, b) => a - b);
  return {
    indices: Int32Array.from(kept, (slot) => indices[slot] as number),
    values: Float32Array.from(kept, (slot) => (module.selection === "relu" ? Math.max(at(slot), 0) : at(slot))),
  };
}
