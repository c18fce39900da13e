import { square, sumLast } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { concat, gatherRows } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { AttachedModule } from "./adapter";
import { changesOf, type HostActivations, type TokenActivations } from "./host-activations";
import { onDevice, writeActivations } from "./module-products";

/**
 * ‖edited update − adapter's update‖ / ‖W0 x + b0‖ of each token, 0 where nothing changed. What is written is the difference of the activations, so
 * that a small change of a large update is as exact as any.
 *
 * @param base (tokens, dOut)
 * @param changed the tokens whose activations are edited, ascending, as they are afterwards
 */
export function injectedNorms(
  attached: AttachedModule,
  base: Tensor,
  before: HostActivations,
  changed: ReadonlyMap<number, TokenActivations>,
): Float32Array {
  const norms = new Float32Array(before.tokens);
  const changes = changesOf(before, changed);
  if (changes.values.every((value) => value === 0)) return norms;
  const tokens = Int32Array.from(changed.keys());
  const frozen = tokens.length === before.tokens ? base : gatherRows(base, fromValues(tokens, [tokens.length]));
  const written = writeActivations(attached, onDevice(attached, changes));
  const squares = readFloats(concat([sumLast(square(written)), sumLast(square(frozen))], 0));
  tokens.forEach((token, i) => {
    const change = squares[i] as number;
    if (change > 0) norms[token] = Math.sqrt(change / (squares[tokens.length + i] as number));
  });
  return norms;
}
