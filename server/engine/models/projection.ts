import { addBias } from "@/server/engine/tensor/arithmetic";
import { linear, linearInputGrad, matmul } from "@/server/engine/tensor/products";
import { stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { addGradients } from "./gradients";
import type { Adaptation, Gradients, HookPass, ProjectionHooks } from "./projection-hook";

/** A frozen linear module that can carry an adapter. */
export type Projection = {
  /** The checkpoint's own name, `model.layers.3.self_attn.q_proj`. */
  readonly module: string;
  /** The last part of it, `q_proj`. */
  readonly name: string;
  readonly layer: number;
  readonly dIn: number;
  readonly dOut: number;
  /** (dOut, dIn), or (dIn, dOut) when it is held by input; float32 or bfloat16 */
  readonly weight: Tensor;
  readonly isHeldByInput: boolean;
  readonly bias: Tensor | undefined;
  /** (dOut) what a norm between this module and the residual stream multiplies by; absent where there is none. */
  readonly outputGain?: Tensor | undefined;
};

/** What the backward pass through an adapted projection needs; undefined for a projection left as it is. */
export type SavedProjection = { readonly input: Tensor; readonly adaptation: Omit<Adaptation, "output"> } | undefined;

/** x (tokens, dIn) → (tokens, dOut), with the update of the module's hook where it has one. */
export function project(
  projection: Projection,
  x: Tensor,
  hooks: ProjectionHooks | undefined,
  pass: HookPass,
): { output: Tensor; saved: SavedProjection } {
  if (hooks?.at(projection.module)?.readsBase === false) return adapt(projection, x, x, hooks, pass);
  return adapt(projection, x, frozenOutput(projection, x), hooks, pass);
}

/** x (tokens, dIn) → (tokens, dOut), whatever adapts the projection. */
export function frozenOutput(projection: Projection, x: Tensor): Tensor {
  const plain = withoutBias(projection, x);
  return projection.bias === undefined ? plain : addBias(plain, projection.bias);
}

/** As `project`; where no hook reads the output, its bias is not added but given, for an operation that adds it along with its own work. */
export function projectApart(
  projection: Projection,
  x: Tensor,
  hooks: ProjectionHooks | undefined,
  pass: HookPass,
): { output: Tensor; bias: Tensor | undefined; saved: SavedProjection } {
  if (hooks?.at(projection.module) !== undefined) return { ...project(projection, x, hooks, pass), bias: undefined };
  return { output: withoutBias(projection, x), bias: projection.bias, saved: undefined };
}

function withoutBias({ weight, isHeldByInput }: Projection, x: Tensor): Tensor {
  return isHeldByInput ? matmul(x, weight) : linear(x, weight);
}

/**
 * One token a row: x (rows, dIn) → (rows, dOut), the same for a row regardless of the other rows in the batch.
 *
 * @param projection held by output, as steps read it
 */
export function stepProject(projection: Projection, x: Tensor, hooks: ProjectionHooks | undefined, pass: HookPass): Tensor {
  const plain = stepLinear(x, projection.weight);
  const base = projection.bias === undefined ? plain : addBias(plain, projection.bias);
  return adapt(projection, x, base, hooks, pass).output;
}

/** Adds the hook's update to a base output that was computed elsewhere (as a part of a joined product). */
export function adapt(
  projection: Projection,
  x: Tensor,
  base: Tensor,
  hooks: ProjectionHooks | undefined,
  pass: HookPass,
): { output: Tensor; saved: SavedProjection } {
  const hook = hooks?.at(projection.module);
  if (hook === undefined) return { output: base, saved: undefined };
  const { output, ...adaptation } = hook.forward(x, base, pass);
  return { output, saved: { input: x, adaptation } };
}

/**
 * Adds the gradients of the module's adapter, also where the module takes part in a pass more than once.
 *
 * @returns the parts whose sum is the gradient of the input, (tokens, dIn) each; none when it is not needed
 */
export function projectBackward(
  projection: Projection,
  dOutput: Tensor,
  saved: SavedProjection,
  needsInput: boolean,
  gradients: Gradients,
): Tensor[] {
  const own: Gradients = new Map();
  const fromUpdate = saved?.adaptation.backward(dOutput, needsInput, own);
  addGradients(gradients, own);
  if (!needsInput) return [];
  const { weight, isHeldByInput } = projection;
  const dBase = saved?.adaptation.baseGradient === undefined ? dOutput : saved.adaptation.baseGradient(dOutput);
  const fromUpdates = fromUpdate === undefined ? [] : [fromUpdate];
  if (dBase === undefined) return fromUpdates;
  return [isHeldByInput ? matmul(dBase, weight, { transposeB: true }) : linearInputGrad(dBase, weight), ...fromUpdates];
}
