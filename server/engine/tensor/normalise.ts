import { add, addBias, meanLast, multiply, rsqrt, scale, square, subtract, sumLast } from "./arithmetic";
import { usesOwnKernels } from "./backend";
import { scalar } from "./create";
import { execute, executeMany, NO_ATTRIBUTES } from "./execute";
import { tidy } from "./scope";
import { demandSameShape, lastOf, type Tensor } from "./tensor";

/** What `layerNorm` keeps for its backward: the mean and the reciprocal deviation of each row, (…, 1). */
export type LayerNormSaved = { readonly mean: Tensor; readonly inverseStd: Tensor };

/**
 * x / √(mean(x²) + eps) · w by row of the last axis.
 *
 * @param w (d)
 * @returns y as x, and the reciprocal root (…, 1) for the backward
 */
export function rmsNorm(x: Tensor, w: Tensor, eps: number): { y: Tensor; inverseRms: Tensor } {
  demandWeight("rmsNorm", x, w);
  if (usesOwnKernels()) {
    const [y, inverseRms] = executeMany("StanscopeRmsNorm", NO_ATTRIBUTES, [x, w, scalar(eps)], 2) as [Tensor, Tensor];
    return { y, inverseRms };
  }
  return tidy(() => {
    const inverseRms = rsqrt(add(meanLast(square(x)), scalar(eps)));
    return { y: multiply(multiply(x, inverseRms), w), inverseRms };
  });
}

/** The gradient of `rmsNorm` by x, plus `residual`, the gradient that reaches x past the norm. */
export function rmsNormGrad(x: Tensor, inverseRms: Tensor, w: Tensor, dy: Tensor, residual?: Tensor): Tensor {
  demandSameShape("rmsNormGrad", x, dy);
  if (usesOwnKernels()) return execute("StanscopeRmsNormGrad", NO_ATTRIBUTES, [x, inverseRms, w, dy, residual ?? scalar(0)]);
  return tidy(() => {
    const weighted = multiply(dy, w);
    const along = scale(multiply(sumLast(multiply(weighted, x)), multiply(inverseRms, square(inverseRms))), 1 / lastOf(x.shape));
    return withResidual(subtract(multiply(weighted, inverseRms), multiply(x, along)), residual);
  });
}

/** (x − mean) / √(variance + eps) · w + b by row of the last axis, w and b (d). */
export function layerNorm(x: Tensor, w: Tensor, b: Tensor, eps: number): LayerNormSaved & { readonly y: Tensor } {
  demandWeight("layerNorm", x, w);
  demandWeight("layerNorm", x, b);
  if (usesOwnKernels()) {
    const [y, mean, inverseStd] = executeMany("StanscopeLayerNorm", NO_ATTRIBUTES, [x, w, b, scalar(eps)], 3) as [Tensor, Tensor, Tensor];
    return { y, mean, inverseStd };
  }
  return tidy(() => {
    const mean = meanLast(x);
    const centred = subtract(x, mean);
    const inverseStd = rsqrt(add(meanLast(square(centred)), scalar(eps)));
    return { y: add(multiply(multiply(centred, inverseStd), w), b), mean, inverseStd };
  });
}

/**
 * `layerNorm` of x + (update + bias).
 *
 * @param update as x
 * @param bias (d) of the update; absent where it is in it
 * @returns y, and the sum (as x), which the backward reads
 */
export function addLayerNorm(
  x: Tensor,
  { update, bias }: { readonly update: Tensor; readonly bias: Tensor | undefined },
  w: Tensor,
  b: Tensor,
  eps: number,
): LayerNormSaved & { readonly y: Tensor; readonly sum: Tensor } {
  demandSameShape("addLayerNorm", x, update);
  for (const weight of [w, b, ...(bias === undefined ? [] : [bias])]) demandWeight("addLayerNorm", x, weight);
  if (usesOwnKernels()) {
    const made = executeMany("StanscopeAddLayerNorm", NO_ATTRIBUTES, [x, update, bias ?? scalar(0), w, b, scalar(eps)], 4);
    const [y, sum, mean, inverseStd] = made as [Tensor, Tensor, Tensor, Tensor];
    return { y, sum, mean, inverseStd };
  }
  return tidy(() => {
    const sum = add(x, bias === undefined ? update : addBias(update, bias));
    return { sum, ...layerNorm(sum, w, b, eps) };
  });
}

/** The gradient of `layerNorm` by x, plus `residual`. */
export function layerNormGrad(x: Tensor, saved: LayerNormSaved, w: Tensor, dy: Tensor, residual?: Tensor): Tensor {
  demandSameShape("layerNormGrad", x, dy);
  if (usesOwnKernels()) {
    return execute("StanscopeLayerNormGrad", NO_ATTRIBUTES, [x, saved.mean, saved.inverseStd, w, dy, residual ?? scalar(0)]);
  }
  return tidy(() => {
    const normal = multiply(subtract(x, saved.mean), saved.inverseStd);
    const weighted = multiply(dy, w);
    const along = multiply(normal, meanLast(multiply(weighted, normal)));
    const dx = multiply(subtract(subtract(weighted, meanLast(weighted)), along), saved.inverseStd);
    return withResidual(dx, residual);
  });
}

function withResidual(dx: Tensor, residual: Tensor | undefined): Tensor {
  return residual === undefined ? dx : add(dx, residual);
}

function demandWeight(name: string, x: Tensor, w: Tensor): void {
  if (w.shape.length !== 1 || w.shape[0] !== lastOf(x.shape)) {
    throw new RangeError(`${name}: a weight of shape [${w.shape}] does not fit the last axis of [${x.shape}]`);
  }
}
