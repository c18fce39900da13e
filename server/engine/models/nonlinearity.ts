import type { NonlinearityName } from "@/lib/contract/architectures/nonlinearity-names";
import { geluTanh, geluTanhGrad, relu, reluGrad } from "@/server/engine/tensor/activations";
import { add, addBias, multiply, scale, sigmoid, square, subtract, tanh } from "@/server/engine/tensor/arithmetic";
import { scalar } from "@/server/engine/tensor/create";
import { gelu, geluGrad } from "@/server/engine/tensor/gelu";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** An elementwise function of x + bias, and its gradient by x; the bias (d) is of the last axis, none when absent. */
export type Nonlinearity = { forward(x: Tensor, bias?: Tensor): Tensor; backward(x: Tensor, dy: Tensor, bias?: Tensor): Tensor };

export function nonlinearityOf(name: NonlinearityName): Nonlinearity {
  switch (name) {
    case "gelu":
      return { forward: gelu, backward: geluGrad };
    case "gelu_new":
    case "gelu_pytorch_tanh":
      return ofSum(geluTanh, geluTanhGrad);
    case "quick_gelu":
      return ofSum(
        (x) => sigmoidWeighted(x, 1.702),
        (x, dy) => sigmoidWeightedGrad(x, 1.702, dy),
      );
    case "silu":
      return ofSum(
        (x) => sigmoidWeighted(x, 1),
        (x, dy) => sigmoidWeightedGrad(x, 1, dy),
      );
    case "relu":
      return ofSum(relu, reluGrad);
    case "tanh":
      return ofSum(tanh, tanhGrad);
  }
}

function ofSum(forward: (x: Tensor) => Tensor, backward: (x: Tensor, dy: Tensor) => Tensor): Nonlinearity {
  const summed = (x: Tensor, bias: Tensor | undefined) => (bias === undefined ? x : addBias(x, bias));
  return {
    forward: (x, bias) => tidy(() => forward(summed(x, bias))),
    backward: (x, dy, bias) => tidy(() => backward(summed(x, bias), dy)),
  };
}

function tanhGrad(x: Tensor, dy: Tensor): Tensor {
  return tidy(() => multiply(dy, subtract(scalar(1), square(tanh(x)))));
}

/** x · sigmoid(factor · x): SiLU with 1, the quick form of GELU with 1.702. */
function sigmoidWeighted(x: Tensor, factor: number): Tensor {
  return tidy(() => multiply(x, sigmoid(factor === 1 ? x : scale(x, factor))));
}

/** dy · s · (1 + factor · x · (1 − s)), s = sigmoid(factor · x) */
function sigmoidWeightedGrad(x: Tensor, factor: number, dy: Tensor): Tensor {
  return tidy(() => {
    const along = factor === 1 ? x : scale(x, factor);
    const s = sigmoid(along);
    return multiply(dy, multiply(s, add(scalar(1), multiply(along, subtract(scalar(1), s)))));
  });
}
