// A whole sub-layer of a step of decoding, from the residual stream and back into it: by one operation where own kernels run, bit for bit what the
// operations of step.ts, attention.ts and adapter-step.ts give one after another.
import { adaptStep } from "./adapter-step";
import { add } from "./arithmetic";
import { cacheTensors, demandStep, type KeyValueCache, type RotaryTables, rotaryAttendStep } from "./attention";
import { usesOwnKernels } from "./backend";
import { scalar } from "./create";
import { dims, execute, NO_ATTRIBUTES } from "./execute";
import { tidy } from "./scope";
import { demandProduct, linearAdd, normGatedLinear, normGeluGatedLinear, normLinear, stepLinear, suffixOf, weightInputs } from "./step";
import { type PreparedUpdates, prepareUpdates, ROLES, type Role, type UpdatesByRole } from "./step-updates";
import { lastOf, type Tensor } from "./tensor";
import { type Attribute, count } from "./tensorflow-binding";

/** The weight (d) and the ε of the RMS norm of what a sub-layer reads. */
export type StepNorm = { readonly gain: Tensor; readonly eps: number };

export type AttentionStepParts = {
  /** (dQ + 2 · dKv, d): the weights of q, k and v under each other. */
  readonly qkv: Tensor;
  /** (d, dQ) */
  readonly output: Tensor;
  readonly updates: UpdatesByRole;
  /** Of each row's position, (rows, 1, dHead); the factor on queries is in their own. */
  readonly tables: { readonly query: RotaryTables; readonly key: RotaryTables };
  /** One for each row. */
  readonly caches: readonly KeyValueCache[];
  readonly positions: Int32Array;
  /** Of the scores, as `softCap` has it. */
  readonly cap: number | undefined;
};

/**
 * x + down(activation(gate) · up) of the RMS norm of x (rows, d).
 *
 * @param gateUp (2 · width, d), the gates' rows above the ups'
 * @param down (d, width)
 * @throws RangeError when the shapes do not fit
 */
export function mlpStep(x: Tensor, { gain, eps }: StepNorm, gateUp: Tensor, down: Tensor, activation: "silu" | "gelu-tanh"): Tensor {
  const isSilu = activation === "silu";
  demandProduct("mlpStep", x, gateUp);
  if (2 * lastOf(down.shape) !== gateUp.shape[0] || down.shape[0] !== lastOf(x.shape)) {
    throw new RangeError(`mlpStep: [${gateUp.shape}] and [${down.shape}] are not the matrices of an MLP`);
  }
  if (!usesOwnKernels() || suffixOf(gateUp) !== suffixOf(down)) {
    return tidy(() => linearAdd((isSilu ? normGatedLinear : normGeluGatedLinear)(x, gain, eps, gateUp), down, x));
  }
  const inputs = [x, gain, scalar(eps), ...weightInputs(gateUp), ...weightInputs(down)];
  return execute(`Stanscope${isSilu ? "" : "Gelu"}MlpStep${suffixOf(gateUp)}`, NO_ATTRIBUTES, inputs);
}

/**
 * x + output(attention) of the RMS norm of x (rows, d), one new token a row, whose key and value go into the row's cache.
 *
 * @throws RangeError as `stanStep` and `rotaryAttendStep`
 */
export function attentionStep(x: Tensor, norm: StepNorm, parts: AttentionStepParts): Tensor {
  const { qkv, output, tables, caches, positions } = parts;
  demandProduct("attentionStep", x, qkv);
  const dHead = lastOf(tables.query.cos.shape);
  const [, kvHeads = 0] = caches[0]?.keys.shape ?? [];
  const widths = [lastOf(output.shape), kvHeads * dHead, kvHeads * dHead] as const;
  if (widths[0] + 2 * widths[1] !== qkv.shape[0] || output.shape[0] !== lastOf(x.shape)) {
    throw new RangeError(
      `attentionStep: [${qkv.shape}] and [${output.shape}] are not the matrices of an attention with ${kvHeads} key heads`,
    );
  }
  const rows = x.shape[0] ?? 0;
  demandStep([rows, widths[0] / dHead, dHead], [rows, kvHeads, dHead], caches, positions);
  const updates = prepareUpdates(parts.updates, { rows, d: lastOf(x.shape), widths });
  return usesOwnKernels() && isOneType(parts, updates) ? byOneOperation(x, norm, parts, updates) : byItsParts(x, norm, widths, parts);
}

/** Whether matrices and encoders are held as one kernel reads them: encoders are rounded where the weights are. */
function isOneType({ qkv, output }: AttentionStepParts, updates: PreparedUpdates): boolean {
  const suffix = suffixOf(qkv);
  return suffix === suffixOf(output) && updates.readsIn(suffix === "Bfloat16" ? "bfloat16" : "float32");
}

function byOneOperation(x: Tensor, { gain, eps }: StepNorm, parts: AttentionStepParts, updates: PreparedUpdates): Tensor {
  const { qkv, output, tables, caches, positions, cap } = parts;
  const { query, key } = tables;
  const {
    constants: [settings, scalings],
    matrices,
  } = updates.inputs();
  const inputs = [
    ...[x, gain, scalar(eps), ...weightInputs(qkv), ...weightInputs(output)],
    ...[dims(Array.from(positions)), query.cos, query.sin, key.cos, key.sin, scalar(cap ?? 0)],
    ...[settings, scalings, ...cacheTensors(caches), ...matrices],
  ];
  return execute(`StanscopeAttentionStep${suffixOf(qkv)}`, counts(caches.length, updates.count), inputs);
}

function byItsParts(x: Tensor, { gain, eps }: StepNorm, widths: readonly number[], parts: AttentionStepParts): Tensor {
  const { output, updates, tables, caches, positions, cap } = parts;
  const adapted = (role: Role, read: Tensor, base: Tensor) =>
    updates[role].reduce((below, { weights, range }) => adaptStep(read, below, weights, range), base);
  return tidy(() => {
    const { normed, parts: bases } = normLinear(x, gain, eps, parts.qkv, widths);
    const [q, k, v] = bases.map((base, at) => adapted(ROLES[at] as Role, normed, base)) as [Tensor, Tensor, Tensor];
    const mixed = rotaryAttendStep(q, k, v, tables, caches, positions, cap);
    return updates.output.length === 0 ? linearAdd(mixed, output, x) : add(adapted("output", mixed, stepLinear(mixed, output)), x);
  });
}

const known = new Map<number, readonly Attribute[]>();

function counts(rows: number, updates: number): readonly Attribute[] {
  const key = rows * 2 ** 26 + updates;
  const made = known.get(key) ?? [count("rows", rows), count("updates", updates)];
  known.set(key, made);
  return made;
}
