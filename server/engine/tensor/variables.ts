import { multiply } from "./arithmetic";
import { usesTensorflow } from "./backend";
import { fromValues, readFloats } from "./create";
import { execute, executeEffect } from "./execute";
import { floatsOf, plainTensor, readable } from "./plain-arrays";
import { free, keep, tidy } from "./scope";
import { sameShape, type Tensor } from "./tensor";
import { FLOAT, flag, shapeOf, text, typeOf } from "./tensorflow-binding";

/** A trained parameter, changed in place. It lies outside all scopes until `freeVariable`. */
export type Variable = { readonly shape: readonly number[]; readonly handle: Tensor };

export type AdamStep = {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled, as in AdamW: the parameter shrinks by learningRate·weightDecay before the step. */
  readonly weightDecay: number;
  /** From 1. */
  readonly step: number;
  /** What the gradient is multiplied by first, as gradient clipping asks; 1 for none. */
  readonly gradScale: number;
};

const FLOAT_VARIABLE = [typeOf("dtype", FLOAT)];
const ASSIGN = [typeOf("dtype", FLOAT), flag("validate_shape", false)];
const ADAM = [typeOf("T", FLOAT), flag("use_locking", false), flag("use_nesterov", false)];

let made = 0;

export function createVariable(data: Float32Array, shape: readonly number[]): Variable {
  if (!usesTensorflow()) return { shape, handle: keep(fromValues(data, shape)) };
  const attributes = [text("container", ""), text("shared_name", `parameter-${made++}`), ...FLOAT_VARIABLE, shapeOf("shape", shape)];
  const variable = { shape, handle: keep(execute("VarHandleOp", attributes, [])) };
  tidy(() => executeEffect("AssignVariableOp", ASSIGN, [variable.handle, fromValues(data, shape)]));
  return variable;
}

/** The present values. Free the tensor before the next update: while it lives, the update must copy the parameter. */
export function readVariable(variable: Variable): Tensor {
  if (usesTensorflow()) return execute("ReadVariableOp", FLOAT_VARIABLE, [variable.handle]);
  return plainTensor(readable(variable.handle), variable.shape);
}

/** @throws RangeError when the value has another shape */
export function assign(variable: Variable, value: Tensor): void {
  demandShape("assign", variable, value);
  if (usesTensorflow()) executeEffect("AssignVariableOp", ASSIGN, [variable.handle, value]);
  else floatsOf(variable.handle).set(floatsOf(value));
}

/**
 * One step of AdamW, in place: equal to torch.optim.AdamW (Loshchilov & Hutter 2019, algorithm 2).
 *
 * @throws RangeError when the shapes differ
 */
export function adamUpdate(parameter: Variable, firstMoment: Variable, secondMoment: Variable, grad: Tensor, options: AdamStep): void {
  for (const other of [firstMoment, secondMoment, grad]) demandShape("adamUpdate", parameter, other);
  if (!usesTensorflow()) {
    plainAdam(floatsOf(parameter.handle), floatsOf(firstMoment.handle), floatsOf(secondMoment.handle), floatsOf(grad), options);
    return;
  }
  const { learningRate, beta1, beta2, epsilon, weightDecay, step, gradScale } = options;
  tidy(() => {
    if (weightDecay !== 0) {
      const shrunk = tidy(() => multiply(readVariable(parameter), uncached(1 - learningRate * weightDecay)));
      executeEffect("AssignVariableOp", ASSIGN, [parameter.handle, shrunk]);
      free(shrunk);
    }
    const scaled = gradScale === 1 ? grad : multiply(grad, uncached(gradScale));
    // TensorFlow adds epsilon to the uncorrected root of the second moment, torch to the corrected one.
    const powers = [beta1 ** step, beta2 ** step] as const;
    const scalars = [...powers, learningRate, beta1, beta2, epsilon * Math.sqrt(1 - powers[1])].map(uncached);
    executeEffect("ResourceApplyAdam", ADAM, [parameter.handle, firstMoment.handle, secondMoment.handle, ...scalars, scaled]);
  });
}

export function variableValues(variable: Variable): Float32Array {
  return tidy(() => readFloats(readVariable(variable)));
}

export function freeVariable(variable: Variable): void {
  if (usesTensorflow() && variable.handle.state === "live") {
    executeEffect("DestroyResourceOp", [flag("ignore_lookup_error", true)], [variable.handle]);
  }
  free(variable.handle);
}

/** A scalar of the scope: these change with each step, so the cache of constants is no place for them. */
function uncached(x: number): Tensor {
  return fromValues(Float32Array.of(x), []);
}

function plainAdam(parameter: Float32Array, first: Float32Array, second: Float32Array, grad: Float32Array, options: AdamStep): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay, step, gradScale } = options;
  const rate = learningRate / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  const shrink = 1 - learningRate * weightDecay;
  for (let i = 0; i < parameter.length; i++) {
    const g = (grad[i] as number) * gradScale;
    const m = beta1 * (first[i] as number) + (1 - beta1) * g;
    const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = (parameter[i] as number) * shrink - (rate * m) / (Math.sqrt(v) / correction + epsilon);
  }
}

function demandShape(name: string, variable: Variable, other: { readonly shape: readonly number[] }): void {
  if (!sameShape(variable.shape, other.shape))
    throw new RangeError(`${name}: [${other.shape}] does not fit a parameter of shape [${variable.shape}]`);
}
