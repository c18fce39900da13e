import type { NonlinearityName } from "@/lib/contract/architectures/nonlinearity-names";
import { geluTanh, geluTanhGrad, relu, reluGrad } from "@/server/engine/tensor/activations";
import { addBias, multiply, square, subtract, tanh } from "@/server/engine/tensor/arithmetic";
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
