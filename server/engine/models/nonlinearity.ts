import type { NonlinearityName } from "@/lib/contract/architectures/nonlinearity-names";
import { geluTanh, geluTanhGrad, relu, reluGrad } from "@/server/engine/tensor/activations";
import { multiply, square, subtract, tanh } from "@/server/engine/tensor/arithmetic";
import { scalar } from "@/server/engine/tensor/create";
import { gelu, geluGrad } from "@/server/engine/tensor/gelu";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** An elementwise function and its gradient by its input. */
export type Nonlinearity = { forward(x: Tensor): Tensor; backward(x: Tensor, dy: Tensor): Tensor };

export function nonlinearityOf(name: NonlinearityName): Nonlinearity {
  switch (name) {
    case "gelu":
      return { forward: gelu, backward: geluGrad };
    case "gelu_new":
    case "gelu_pytorch_tanh":
      return { forward: geluTanh, backward: geluTanhGrad };
    case "relu":
      return { forward: relu, backward: reluGrad };
    case "tanh":
      return { forward: tanh, backward: tanhGrad };
  }
}

function tanhGrad(x: Tensor, dy: Tensor): Tensor {
  return tidy(() => multiply(dy, subtract(scalar(1), square(tanh(x)))));
}
