import { add, multiply, scale, sigmoid, square, subtract, tanh } from "./arithmetic";
import { usesOwnKernels, usesTensorflow } from "./backend";
import { scalar } from "./create";
import { execute, executeMany, NO_ATTRIBUTES } from "./execute";
import { floatsOf, plainMap, plainPair, plainTensor } from "./plain-arrays";
import { tidy } from "./scope";
import { demandSameShape, type Tensor } from "./tensor";
import { FLOAT, typeOf } from "./tensorflow-binding";

const FLOATS = [typeOf("T", FLOAT)];

/** silu(gate) · up, the middle of a gated MLP; silu(x) = x·sigmoid(x). */
export function siluMul(gate: Tensor, up: Tensor): Tensor {
  demandSameShape("siluMul", gate, up);
  if (usesOwnKernels()) return execute("StanscopeSiluMul", NO_ATTRIBUTES, [gate, up]);
  if (!usesTensorflow()) return plainPair(gate, up, (g, u) => (g / (1 + Math.exp(-g))) * u);
  return tidy(() => multiply(multiply(gate, sigmoid(gate)), up));
}

/** The gradients of `siluMul` by both inputs. */
export function siluMulGrad(gate: Tensor, up: Tensor, dy: Tensor): { dGate: Tensor; dUp: Tensor } {
  demandSameShape("siluMulGrad", gate, up);
  demandSameShape("siluMulGrad", gate, dy);
  if (usesOwnKernels()) {
    const [dGate, dUp] = executeMany("StanscopeSiluMulGrad", NO_ATTRIBUTES, [gate, up, dy], 2) as [Tensor, Tensor];
    return { dGate, dUp };
  }
  if (!usesTensorflow()) return plainSiluMulGrad(gate, up, dy);
  return tidy(() => {
    const gateSigmoid = sigmoid(gate);
    const active = multiply(gate, gateSigmoid);
    const slope = add(gateSigmoid, multiply(active, subtract(scalar(1), gateSigmoid)));
    return { dGate: multiply(multiply(dy, up), slope), dUp: multiply(dy, active) };
  });
}

const ROOT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** GELU in its tanh form (GPT-2's `gelu_new`): ½x(1 + tanh(√(2/π)(x + 0.044715x³))). */
export function geluTanh(x: Tensor): Tensor {
  if (usesOwnKernels()) return execute("StanscopeGeluTanh", NO_ATTRIBUTES, [x]);
  if (!usesTensorflow()) return plainMap(x, (value) => 0.5 * value * (1 + Math.tanh(bend(value))));
  return tidy(() => multiply(scale(x, 0.5), add(scalar(1), tanh(bendTensor(x)))));
}

/** The gradient of `geluTanh` by x. */
export function geluTanhGrad(x: Tensor, dy: Tensor): Tensor {
  demandSameShape("geluTanhGrad", x, dy);
  if (usesOwnKernels()) return execute("StanscopeGeluTanhGrad", NO_ATTRIBUTES, [x, dy]);
  if (!usesTensorflow()) return plainPair(x, dy, (value, gradient) => gradient * geluTanhSlope(value));
  return tidy(() => {
    const bent = tanh(bendTensor(x));
    const inner = scale(add(scalar(1), scale(square(x), 3 * CUBIC)), ROOT_2_OVER_PI);
    const tail = multiply(multiply(scale(x, 0.5), subtract(scalar(1), square(bent))), inner);
    return multiply(dy, add(scale(add(bent, scalar(1)), 0.5), tail));
  });
}

/** geluTanh(gate) · up, the middle of Gemma's gated MLP. */
export function geluTanhMul(gate: Tensor, up: Tensor): Tensor {
  demandSameShape("geluTanhMul", gate, up);
  if (usesOwnKernels()) return execute("StanscopeGeluTanhMul", NO_ATTRIBUTES, [gate, up]);
  return tidy(() => multiply(geluTanh(gate), up));
}

/** The gradients of `geluTanhMul` by both inputs. */
export function geluTanhMulGrad(gate: Tensor, up: Tensor, dy: Tensor): { dGate: Tensor; dUp: Tensor } {
  demandSameShape("geluTanhMulGrad", gate, up);
  demandSameShape("geluTanhMulGrad", gate, dy);
  if (usesOwnKernels()) {
    const [dGate, dUp] = executeMany("StanscopeGeluTanhMulGrad", NO_ATTRIBUTES, [gate, up, dy], 2) as [Tensor, Tensor];
    return { dGate, dUp };
  }
  return tidy(() => ({ dGate: geluTanhGrad(gate, multiply(dy, up)), dUp: multiply(dy, geluTanh(gate)) }));
}

/** max(x, 0) */
export function relu(x: Tensor): Tensor {
  return usesTensorflow() ? execute("Relu", FLOATS, [x]) : plainMap(x, (value) => Math.max(value, 0));
}

/** The gradient of `relu` by x, 0 at x = 0. */
export function reluGrad(x: Tensor, dy: Tensor): Tensor {
  demandSameShape("reluGrad", x, dy);
  return usesTensorflow() ? execute("ReluGrad", FLOATS, [dy, x]) : plainPair(x, dy, (value, gradient) => (value > 0 ? gradient : 0));
}

function bend(x: number): number {
  return ROOT_2_OVER_PI * (x + CUBIC * x ** 3);
}

function bendTensor(x: Tensor): Tensor {
  return scale(multiply(x, add(scalar(1), scale(square(x), CUBIC))), ROOT_2_OVER_PI);
}

function geluTanhSlope(x: number): number {
  const bent = Math.tanh(bend(x));
  return 0.5 * (1 + bent) + 0.5 * x * (1 - bent ** 2) * ROOT_2_OVER_PI * (1 + 3 * CUBIC * x ** 2);
}

function plainSiluMulGrad(gate: Tensor, up: Tensor, dy: Tensor): { dGate: Tensor; dUp: Tensor } {
  const ups = floatsOf(up);
  const gradients = floatsOf(dy);
  const dUp = new Float32Array(ups.length);
  const dGate = floatsOf(gate).map((g, i) => {
    const s = 1 / (1 + Math.exp(-g));
    const gradient = gradients[i] as number;
    dUp[i] = gradient * g * s;
    return gradient * (ups[i] as number) * (s + g * s * (1 - s));
  });
  return { dGate: plainTensor(dGate, gate.shape), dUp: plainTensor(dUp, gate.shape) };
}
