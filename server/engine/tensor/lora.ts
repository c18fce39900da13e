import { add, scale } from "./arithmetic";
import { usesOwnKernels } from "./backend";
import { scalar } from "./create";
import { executeMany, index, NO_ATTRIBUTES } from "./execute";
import { linear, linearInputGrad, matmul } from "./products";
import { tidy } from "./scope";
import { lastOf, type Tensor } from "./tensor";

/** A (rank, dIn), B (dOut, rank). */
export type LoraMatrices = { readonly A: Tensor; readonly B: Tensor; readonly scaling: number };

/** Up to this rank the own kernel computes; above it general products are as fast. Our choice. */
const MOST_RANK = 64;

/**
 * base + scaling · B A x of many rows.
 *
 * @param x (tokens, dIn)
 * @param base (tokens, dOut)
 * @returns the output as base, and low = scaling · A x (tokens, rank), which the backward reads
 * @throws RangeError when the shapes do not fit
 */
export function loraUpdate(x: Tensor, base: Tensor, { A, B, scaling }: LoraMatrices): { output: Tensor; low: Tensor } {
  demandLora("loraUpdate", x, base, A, B);
  if (usesOwnKernels() && (A.shape[0] ?? 0) <= MOST_RANK) {
    const [output, low] = executeMany("StanscopeLoraUpdate", NO_ATTRIBUTES, [x, base, A, B, scalar(scaling)], 2) as [Tensor, Tensor];
    return { output, low };
  }
  return tidy(() => {
    const low = scale(linear(x, A), scaling);
    return { output: add(base, linear(low, B)), low };
  });
}

/** The gradients of `loraUpdate` by A, B and, where it is needed, x; that by base is dy itself. */
export function loraUpdateGrad(
  x: Tensor,
  dy: Tensor,
  { A, B, scaling }: LoraMatrices,
  low: Tensor,
  needsInput: boolean,
): { dA: Tensor; dB: Tensor; dX: Tensor | undefined } {
  demandLora("loraUpdateGrad", x, dy, A, B);
  return tidy(() => {
    if (usesOwnKernels() && (A.shape[0] ?? 0) <= MOST_RANK) {
      const inputs = [x, dy, A, B, low, scalar(scaling), index(needsInput ? 1 : 0)];
      const [dA, dB, dX] = executeMany("StanscopeLoraGrad", NO_ATTRIBUTES, inputs, 3) as [Tensor, Tensor, Tensor];
      return { dA, dB, dX: needsInput ? dX : undefined };
    }
    const dLow = scale(linearInputGrad(dy, B), scaling);
    return {
      dB: matmul(dy, low, { transposeA: true }),
      dA: matmul(dLow, x, { transposeA: true }),
      dX: needsInput ? linearInputGrad(dLow, A) : undefined,
    };
  });
}

function demandLora(name: string, x: Tensor, y: Tensor, A: Tensor, B: Tensor): void {
  const isMatrix = [x, y, A, B].every(({ shape }) => shape.length === 2);
  const fits = lastOf(A.shape) === lastOf(x.shape) && lastOf(B.shape) === A.shape[0] && lastOf(y.shape) === B.shape[0];
  if (isMatrix && fits && x.shape[0] === y.shape[0]) return;
  throw new RangeError(`${name}: x [${x.shape}], A [${A.shape}], B [${B.shape}] and outputs [${y.shape}] do not fit`);
}
