import { multiply } from "./arithmetic";
import { usesOwnKernels, usesTensorflow } from "./backend";
import { Constants } from "./constants";
import { fromValues, readFloats, zeros } from "./create";
import { execute, executeEffect, NO_ATTRIBUTES } from "./execute";
import { floatsOf, plainTensor, readable } from "./plain-arrays";
import { free, holding, keep, tidy, viewOf } from "./scope";
import { sameShape, sizeOf, type Tensor } from "./tensor";
import { FLOAT, flag, shapeOf, text, typeOf } from "./tensorflow-binding";

/**
 * A trained parameter, changed in place. It lies outside all scopes until `freeVariable`. Its handle is the array that
 * the own kernel and the WebAssembly engine write to, or a TensorFlow resource (opaque).
 */
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

const FLOATS = [typeOf("T", FLOAT)];
const FLOAT_VARIABLE = [typeOf("dtype", FLOAT)];
const ASSIGN = [typeOf("dtype", FLOAT), flag("validate_shape", false)];
const ADAM = [typeOf("T", FLOAT), flag("use_locking", false), flag("use_nesterov", false)];
const DESTROY = [flag("ignore_lookup_error", true)];

let made = 0;

export function createVariable(data: Float32Array, shape: readonly number[]): Variable {
  if (!usesTensorflow() || usesOwnKernels()) return { shape, handle: keep(fromValues(data, shape)) };
  const attributes = [text("container", ""), text("shared_name", `parameter-${made++}`), ...FLOAT_VARIABLE, shapeOf("shape", shape)];
  const variable = { shape, handle: holding(keep(execute("VarHandleOp", attributes, [])), data.byteLength) };
  tidy(() => executeEffect("AssignVariableOp", ASSIGN, [variable.handle, fromValues(data, shape)]));
  return variable;
}

/** A variable of zeros, made without an array where own kernels run. */
export function zeroVariable(shape: readonly number[]): Variable {
  return usesOwnKernels() ? { shape, handle: keep(zeros(shape)) } : createVariable(new Float32Array(sizeOf(shape)), shape);
}

/**
 * The present values, without a copy. Free the tensor before the next update: what it holds afterwards is undefined,
 * and a TensorFlow variable has to copy itself while it lives.
 */
export function readVariable(variable: Variable): Tensor {
  const { handle } = variable;
  if (!usesTensorflow()) return viewOf(handle, () => plainTensor(readable(handle), variable.shape));
  return viewOf(handle, () =>
    isResource(variable) ? execute("ReadVariableOp", FLOAT_VARIABLE, [handle]) : execute("Identity", FLOATS, [handle]),
  );
}

/** @throws RangeError when the value has another shape */
export function assign(variable: Variable, value: Tensor): void {
  demandShape("assign", variable, value);
  if (!usesTensorflow()) floatsOf(variable.handle).set(floatsOf(value));
  else if (isResource(variable)) executeEffect("AssignVariableOp", ASSIGN, [variable.handle, value]);
  else tidy(() => execute("StanscopeAssign", NO_ATTRIBUTES, [variable.handle, value]));
}

/**
 * One step of AdamW, in place: equal to torch.optim.AdamW (Loshchilov & Hutter 2019, algorithm 2).
 *
 * @throws RangeError when the shapes differ
 */
export function adamUpdate(parameter: Variable, firstMoment: Variable, secondMoment: Variable, grad: Tensor, options: AdamStep): void {
  for (const other of [firstMoment, secondMoment, grad]) demandShape("adamUpdate", parameter, other);
  const handles = [parameter.handle, firstMoment.handle, secondMoment.handle] as const;
  if (!usesTensorflow()) plainAdam(handles.map(floatsOf), floatsOf(grad), settingsOf(options));
  else if (isResource(parameter)) resourceAdam(parameter, handles, grad, options);
  else {
    tidy(() => {
      const settings = settingsOf(options);
      execute("StanscopeAdamW", NO_ATTRIBUTES, [...handles, grad, fromValues(Float32Array.from(settings), [settings.length])]);
    });
  }
}

export function variableValues(variable: Variable): Float32Array {
  return tidy(() => readFloats(readVariable(variable)));
}

export function freeVariable(variable: Variable): void {
  if (isResource(variable) && variable.handle.state === "live") executeEffect("DestroyResourceOp", DESTROY, [variable.handle]);
  free(variable.handle);
}

function isResource(variable: Variable): boolean {
  return variable.handle.dtype === "opaque";
}

/**
 * Gradient scale, beta1 and its rest to 1, beta2 and its rest, bias-corrected rate, root of the second bias correction,
 * epsilon, decay factor. In float32 1 − beta2 would lose five digits, so both are given.
 */
function settingsOf({ learningRate, beta1, beta2, epsilon, weightDecay, step, gradScale }: AdamStep): number[] {
  const rate = learningRate / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  return [gradScale, beta1, 1 - beta1, beta2, 1 - beta2, rate, correction, epsilon, 1 - learningRate * weightDecay];
}

function resourceAdam(parameter: Variable, handles: readonly Tensor[], grad: Tensor, options: AdamStep): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay, step, gradScale } = options;
  tidy(() => {
    if (weightDecay !== 0) {
      const shrunk = tidy(() => multiply(readVariable(parameter), scalarOfStep(1 - learningRate * weightDecay)));
      executeEffect("AssignVariableOp", ASSIGN, [parameter.handle, shrunk]);
      free(shrunk);
    }
    const scaled = gradScale === 1 ? grad : multiply(grad, scalarOfStep(gradScale));
    // TensorFlow takes 1 − beta in float32, so the powers are those of the rounded betas.
    const powers = [Math.fround(beta1) ** step, Math.fround(beta2) ** step] as const;
    // It adds epsilon to the uncorrected root of the second moment, torch to the corrected one.
    const scalars = [...powers, learningRate, beta1, beta2, epsilon * Math.sqrt(1 - powers[1])].map(scalarOfStep);
    executeEffect("ResourceApplyAdam", ADAM, [...handles, ...scalars, scaled]);
  });
}

/** More than a step has: what changes with each step is held for its parameters, and then makes room. */
const scalarsOfStep = new Constants(16);

/** Made once a step, however many parameters it updates: each scalar is a copy to the device. */
function scalarOfStep(x: number): Tensor {
  return scalarsOfStep.get(`${x}`, () => fromValues(Float32Array.of(x), []));
}

function plainAdam(arrays: readonly Float32Array[], grad: Float32Array, settings: readonly number[]): void {
  const [parameter, first, second] = arrays as [Float32Array, Float32Array, Float32Array];
  const [scale = 1, beta1 = 0, rest1 = 1, beta2 = 0, rest2 = 1, rate = 0, correction = 1, epsilon = 0, shrink = 1] = settings;
  for (let i = 0; i < parameter.length; i++) {
    const g = (grad[i] as number) * scale;
    const m = beta1 * (first[i] as number) + rest1 * g;
    const v = beta2 * (second[i] as number) + rest2 * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = (parameter[i] as number) * shrink - (rate * m) / (Math.sqrt(v) / correction + epsilon);
  }
}

function demandShape(name: string, variable: Variable, other: { readonly shape: readonly number[] }): void {
  if (!sameShape(variable.shape, other.shape)) {
    throw new RangeError(`${name}: [${other.shape}] does not fit a parameter of shape [${variable.shape}]`);
  }
}
