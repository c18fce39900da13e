import type { HostActivations, TokenActivations } from "@/server/engine/methods/activations";
import type { AttachedModule } from "@/server/engine/methods/attached-module";
import type { Products } from "@/server/engine/methods/products";
import { updateOf } from "@/server/engine/methods/update";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { gatherRows } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { changesOf } from "./replaced-tokens";

/** Beside a frozen output of 0 any change is infinitely large, which no event can say: our choice of an end. */
export const mostInjected = 1e6;

/**
 * ‖edited update − adapter's update‖ / ‖W0 x + b0‖ of each token, 0 where nothing changed, at most `mostInjected`. What is written is the difference of the activations, so
 * that a small change of a large update is as exact as any.
 *
 * @param base (tokens, dOut)
 * @param edited the tokens whose activations are edited, ascending, as they are afterwards; those of them whose whole update is off, where DoRA's
 *   rescaling of the base goes too
 */
export function injectedNorms(
  attached: AttachedModule,
  base: Tensor,
  before: HostActivations,
  { changed, off }: { readonly changed: ReadonlyMap<number, TokenActivations>; readonly off: ReadonlySet<number> },
  products: Products,
): Float32Array {
  const norms = new Float32Array(before.tokens);
  const changes = changesOf(before, changed);
  const rescaling = off.size > 0 ? attached.rescaling : undefined;
  if (rescaling === undefined && changes.values.every((value) => value === 0)) return norms;
  const tokens = Int32Array.from(changed.keys());
  const frozen = tokens.length === before.tokens ? base : gatherRows(base, fromValues(tokens, [tokens.length]));
  const written = readFloats(updateOf(attached, attached.toDevice(changes), products));
  const beside = readFloats(frozen);
  if (rescaling !== undefined) takeRescaling(written, readFloats(rescaling.of(frozen)), tokens, off);
  tokens.forEach((token, i) => {
    const change = squaredNorm(written, i, tokens.length);
    if (change > 0) norms[token] = Math.min(mostInjected, Math.sqrt(change / squaredNorm(beside, i, tokens.length)));
  });
  return norms;
}

/** Takes what DoRA's magnitudes add to the base from the change at tokens that are off. */
function takeRescaling(written: Float32Array, rescaling: Float32Array, tokens: Int32Array, off: ReadonlySet<number>): void {
  const width = written.length / tokens.length;
  rescaling.forEach((value, at) => {
    if (off.has(tokens[Math.floor(at / width)] as number)) written[at] = (written[at] as number) - value;
  });
}

/** Σ v² of one of `rows` equal rows; on the host, where summing one token's row is faster than a device call. */
function squaredNorm(values: Float32Array, row: number, rows: number): number {
  const width = values.length / rows;
  let sum = 0;
  for (let at = row * width; at < (row + 1) * width; at++) sum += (values[at] as number) ** 2;
  return sum;
}
