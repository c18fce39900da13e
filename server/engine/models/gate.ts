import type { GateActivation } from "@/lib/contract/architectures/decoder-config";
import { geluTanhMul, geluTanhMulGrad, siluMul, siluMulGrad } from "@/server/engine/tensor/activations";
import { normGatedLinear, normGeluGatedLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** The middle of a gated MLP: activation(gate) · up. */
type Gate = {
  forward(gate: Tensor, up: Tensor): Tensor;
  backward(gate: Tensor, up: Tensor, dy: Tensor): { dGate: Tensor; dUp: Tensor };
  /** From the RMS norm of x (rows, d) at once, w (2 · width, d) with the gates' rows above the ups', in a step. */
  ofNormed(x: Tensor, gain: Tensor, eps: number, w: Tensor): Tensor;
};

const GATES: Readonly<Record<GateActivation, Gate>> = {
  silu: { forward: siluMul, backward: siluMulGrad, ofNormed: normGatedLinear },
  "gelu-tanh": { forward: geluTanhMul, backward: geluTanhMulGrad, ofNormed: normGeluGatedLinear },
};

export function gateOf(name: GateActivation): Gate {
  return GATES[name];
}
