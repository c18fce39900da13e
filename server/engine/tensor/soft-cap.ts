import { multiply, scale, square, subtract, tanh } from "./arithmetic";
import { usesOwnKernels } from "./backend";
import { scalar } from "./create";
import { execute, NO_ATTRIBUTES } from "./execute";
import { tidy } from "./scope";
import { demandSameShape, type Tensor } from "./tensor";

/** cap · tanh(x / cap): x where it is small, never beyond ±cap. */
export function softCap(x: Tensor, cap: number): Tensor {
  if (usesOwnKernels()) return execute("StanscopeSoftCap", NO_ATTRIBUTES, [x, scalar(cap)]);
  return tidy(() => scale(tanh(scale(x, 1 / cap)), cap));
}

/** The gradient of `softCap` by x, from the `y` that it gave: dy · (1 − (y / cap)²). */
export function softCapGrad(y: Tensor, cap: number, dy: Tensor): Tensor {
  demandSameShape("softCapGrad", y, dy);
  if (usesOwnKernels()) return execute("StanscopeSoftCapGrad", NO_ATTRIBUTES, [y, scalar(cap), dy]);
  return tidy(() => multiply(dy, subtract(scalar(1), square(scale(y, 1 / cap)))));
}
