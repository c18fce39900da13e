import { add, addBias, exp, multiply, scale, square } from "./arithmetic";
import { usesOwnKernels, usesTensorflow } from "./backend";
import { scalar } from "./create";
import { execute, NO_ATTRIBUTES } from "./execute";
import { plainMap, plainPair } from "./plain-arrays";
import { tidy } from "./scope";
import { demandSameShape, lastOf, type Tensor } from "./tensor";
import { FLOAT, typeOf } from "./tensorflow-binding";

const FLOATS = [typeOf("T", FLOAT)];
const ROOT_HALF = Math.SQRT1_2;
const NORMAL = 1 / Math.sqrt(2 * Math.PI);

/**
 * GELU by its definition (Hendrycks and Gimpel 2016) of x + bias: x·Φ(x), Φ the normal distribution function ½(1 + erf(x/√2)).
 *
 * @param bias (d), d the last axis of x; none when absent
 */
export function gelu(x: Tensor, bias?: Tensor): Tensor {
  demandBias("gelu", x, bias);
  if (usesOwnKernels()) return execute("StanscopeGelu", NO_ATTRIBUTES, [x, bias ?? scalar(0)]);
  if (bias !== undefined) return tidy(() => gelu(addBias(x, bias)));
  if (!usesTensorflow()) return plainMap(x, (value) => value * normalBelow(value));
  return tidy(() => multiply(x, below(x)));
}

/** The gradient of `gelu` by x: dy·(Φ(x) + x·φ(x)) at x + bias. */
export function geluGrad(x: Tensor, dy: Tensor, bias?: Tensor): Tensor {
  demandSameShape("geluGrad", x, dy);
  demandBias("geluGrad", x, bias);
  if (usesOwnKernels()) return execute("StanscopeGeluGrad", NO_ATTRIBUTES, [x, bias ?? scalar(0), dy]);
  if (bias !== undefined) return tidy(() => geluGrad(addBias(x, bias), dy));
  if (!usesTensorflow()) {
    return plainPair(x, dy, (value, gradient) => gradient * (normalBelow(value) + value * NORMAL * Math.exp(-0.5 * value * value)));
  }
  return tidy(() => {
    const density = scale(exp(scale(square(x), -0.5)), NORMAL);
    return multiply(dy, add(below(x), multiply(x, density)));
  });
}

function demandBias(name: string, x: Tensor, bias: Tensor | undefined): void {
  if (bias === undefined || (bias.shape.length === 1 && bias.shape[0] === lastOf(x.shape))) return;
  throw new RangeError(`${name}: bias [${bias.shape}] does not fit the last axis of [${x.shape}]`);
}

function below(x: Tensor): Tensor {
  return scale(add(execute("Erf", FLOATS, [scale(x, ROOT_HALF)]), scalar(1)), 0.5);
}

function normalBelow(x: number): number {
  return 0.5 * erfc(-x * ROOT_HALF);
}

/**
 * 1 − erf(x), to 1.2e-7 of its value everywhere: the fit of Press et al., Numerical Recipes, 2nd edition, § 6.2. In the negative
 * tail, where 1 + erf cancels, it keeps its digits.
 */
function erfc(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const y = t * Math.exp(-x * x - 1.26551223 + t * FIT.reduceRight((sum, factor) => factor + t * sum, 0));
  return x >= 0 ? y : 2 - y;
}

const FIT = [1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
