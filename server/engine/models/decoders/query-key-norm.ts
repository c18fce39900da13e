import { reshape } from "@/server/engine/tensor/layout";
import { rmsNorm, rmsNormGrad } from "@/server/engine/tensor/normalise";
import { lastOf, sizeOf, type Tensor } from "@/server/engine/tensor/tensor";

/** What the gradient reads, in rows of the norm's width; undefined where there is no norm. */
export type SavedQueryKeyNorm = { readonly x: Tensor; readonly inverseRms: Tensor } | undefined;

/**
 * The RMS norm of queries or keys x (n, heads · dHead), before they are rotated.
 *
 * @param weight (dHead) norms each head by itself, (heads · dHead) all of them together; undefined leaves x as it is
 */
export function queryKeyNorm(x: Tensor, weight: Tensor | undefined, epsilon: number): { y: Tensor; saved: SavedQueryKeyNorm } {
  if (weight === undefined) return { y: x, saved: undefined };
  const rows = inRowsOf(weight, x);
  const { y, inverseRms } = rmsNorm(rows, weight, epsilon);
  return { y: reshape(y, x.shape), saved: { x: rows, inverseRms } };
}

/** The gradient of `queryKeyNorm` by x. */
export function queryKeyNormGrad(saved: SavedQueryKeyNorm, weight: Tensor | undefined, dy: Tensor): Tensor {
  if (saved === undefined || weight === undefined) return dy;
  return reshape(rmsNormGrad(saved.x, saved.inverseRms, weight, inRowsOf(weight, dy)), dy.shape);
}

function inRowsOf(weight: Tensor, x: Tensor): Tensor {
  const width = lastOf(weight.shape);
  return reshape(x, [sizeOf(x.shape) / width, width]);
}
