import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { gatherRows } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { AttachedModule } from "./adapter";
import { changesOf, type HostActivations, type TokenActivations } from "./host-activations";
import { onDevice, type Products, writeActivations } from "./module-products";

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
  products: Products,
): Float32Array {
  const norms = new Float32Array(before.tokens);
  const changes = changesOf(before, changed);
  if (changes.values.every((value) => value === 0)) return norms;
  const tokens = Int32Array.from(changed.keys());
  const frozen = tokens.length === before.tokens ? base : gatherRows(base, fromValues(tokens, [tokens.length]));
  const written = readFloats(writeActivations(attached, onDevice(attached, changes), products));
  const beside = readFloats(frozen);
  tokens.forEach((token, i) => {
    const change = squaredNorm(written, i, tokens.length);
    if (change > 0) norms[token] = Math.sqrt(change / squaredNorm(beside, i, tokens.length));
  });
  return norms;
}

/** Σ v² of one of `rows` equal rows; on the host, where one token's row is summed sooner than a device is asked. */
function squaredNorm(values: Float32Array, row: number, rows: number): number {
  const width = values.length / rows;
  let sum = 0;
  for (let at = row * width; at < (row + 1) * width; at++) sum += (values[at] as number) ** 2;
  return sum;
}
