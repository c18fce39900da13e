// An adapter's part of a step of decoding, by one operation a module. Where own kernels run, each row gets the same values whatever
// other rows are in the batch, and `writeStep` of what `keepStep` keeps is `stanStep` bit for bit.
import { relu } from "./activations";
import { add, scale } from "./arithmetic";
import { usesOwnKernels } from "./backend";
import { scalar } from "./create";
import { dims, execute, executeMany, NO_ATTRIBUTES } from "./execute";
import { concat, slice } from "./layout";
import { linear } from "./products";
import { tidy } from "./scope";
import { encodeRows, sparseTimes, topK, topKByMagnitude } from "./sparse";
import { suffixOf } from "./step";
import { lastOf, type Tensor } from "./tensor";

/** Which k of a row's pre-activations are kept: the largest; the same with negative ones set to 0; the largest by magnitude. */
export type StepSelection = "signed" | "relu" | "abs";

/** By the numbers that kernels know them by. */
export const SELECTIONS: readonly StepSelection[] = ["signed", "relu", "abs"];

/** Neighbouring rows, `to` not included. */
export type RowRange = { readonly from: number; readonly to: number };

/** E (numLatents, dIn) float32 or bfloat16, D (numLatents, dOut) float32. */
export type StanStepWeights = {
  readonly E: Tensor;
  readonly D: Tensor;
  readonly k: number;
  readonly scaling: number;
  readonly selection: StepSelection;
  /** Of E, where few latents are kept: what a kernel of a whole sub-layer finds them by. The owner of E frees it. */
  readonly screen?: () => Tensor | undefined;
};

/** A (rank, dIn) float32 or bfloat16, B (dOut, rank) float32. */
export type LoraStepWeights = { readonly A: Tensor; readonly B: Tensor; readonly scaling: number };

export type StepWeights = StanStepWeights | LoraStepWeights;

export function isStan(weights: StepWeights): weights is StanStepWeights {
  return "E" in weights;
}

/** An update of either kind: `stanStep` or `loraStep`. */
export function adaptStep(x: Tensor, base: Tensor, weights: StepWeights, range: RowRange): Tensor {
  return isStan(weights) ? stanStep(x, base, weights, range) : loraStep(x, base, weights, range);
}

/**
 * base + scaling · D · TopK_k(E x) in some rows, base itself in the others.
 *
 * @param x (rows, dIn)
 * @param base (rows, dOut)
 * @param range the rows with the update; all of them when absent
 * @returns (rows, dOut)
 * @throws RangeError when shapes, k or range do not fit
 */
export function stanStep(x: Tensor, base: Tensor, weights: StanStepWeights, range: RowRange = allOf(x)): Tensor {
  const { E, D, k, scaling, selection } = weights;
  demandStanStep("stanStep", x.shape, base.shape, weights, range);
  if (!usesOwnKernels()) {
    return inRange(x, base, range, (ownX, ownBase) => writeStep(ownBase, keepStep(ownX, E, k, selection), D, scaling));
  }
  const settings = dims([k, SELECTIONS.indexOf(selection), range.from, range.to]);
  return execute(`StanscopeStanStep${suffixOf(E)}`, NO_ATTRIBUTES, [x, base, E, D, scalar(scaling), settings]);
}

/**
 * The k pre-activations E x that each row keeps.
 *
 * @returns values and int32 indices, both (rows, k), by ascending index; of equal ones the lower index is kept
 * @throws RangeError when the shapes do not fit or k is not in 1…numLatents
 */
export function keepStep(x: Tensor, E: Tensor, k: number, selection: StepSelection): { values: Tensor; indices: Tensor } {
  demandKept(k, E, x.shape);
  if (usesOwnKernels()) {
    const settings = dims([k, SELECTIONS.indexOf(selection)]);
    const [values, indices] = executeMany(`StanscopeKeepStep${suffixOf(E)}`, NO_ATTRIBUTES, [x, E, settings], 2) as [Tensor, Tensor];
    return { values, indices };
  }
  return tidy(() => {
    const preActivations = linear(x, E);
    if (selection === "abs") return topKByMagnitude(preActivations, k);
    const kept = topK(preActivations, k);
    return selection === "relu" ? { ...kept, values: relu(kept.values) } : kept;
  });
}

/**
 * base (rows, dOut) + scaling · Σ values[r, j] · D[indices[r, j]]; an entry of value 0 writes nothing.
 *
 * @param kept values and indices (rows, k), ascending in each row and none twice
 */
export function writeStep(base: Tensor, kept: { readonly values: Tensor; readonly indices: Tensor }, D: Tensor, scaling: number): Tensor {
  const { values, indices } = kept;
  if (indices.shape[0] !== base.shape[0] || lastOf(D.shape) !== lastOf(base.shape)) {
    throw new RangeError(`writeStep: base [${base.shape}], indices [${indices.shape}] and D [${D.shape}] do not fit`);
  }
  if (usesOwnKernels()) return execute("StanscopeWriteStep", NO_ATTRIBUTES, [base, indices, values, D, scalar(scaling)]);
  return tidy(() => add(base, sparseTimes(encodeRows(indices, scale(values, scaling), D.shape[0] ?? 0), D)));
}

/** base + scaling · B A x in some rows, base itself in the others; shapes and errors as `stanStep`. */
export function loraStep(x: Tensor, base: Tensor, weights: LoraStepWeights, range: RowRange = allOf(x)): Tensor {
  const { A, B, scaling } = weights;
  demandLoraStep("loraStep", x.shape, base.shape, weights, range);
  if (!usesOwnKernels()) {
    return inRange(x, base, range, (ownX, ownBase) => add(ownBase, linear(scale(linear(ownX, A), scaling), B)));
  }
  return execute(`StanscopeLoraStep${suffixOf(A)}`, NO_ATTRIBUTES, [x, base, A, B, scalar(scaling), dims([range.from, range.to])]);
}

function allOf(x: Tensor): RowRange {
  return { from: 0, to: x.shape[0] ?? 0 };
}

/** The update of some rows, base itself in the others. */
export function inRange(x: Tensor, base: Tensor, { from, to }: RowRange, update: (x: Tensor, base: Tensor) => Tensor): Tensor {
  const rows = base.shape[0] ?? 0;
  if (from === 0 && to === rows) return tidy(() => update(x, base));
  return tidy(() => {
    const cut = (tensor: Tensor, begin: number, end: number) => slice(tensor, [begin, 0], [end - begin, lastOf(tensor.shape)]);
    const parts = [...(from > 0 ? [cut(base, 0, from)] : []), update(cut(x, from, to), cut(base, from, to))];
    return concat([...parts, ...(to < rows ? [cut(base, to, rows)] : [])], 0);
  });
}

/** @throws RangeError when x, base (by their shapes), an adapter and its rows do not fit each other */
export function demandAdaptStep(name: string, x: readonly number[], base: readonly number[], weights: StepWeights, range: RowRange): void {
  if (isStan(weights)) demandStanStep(name, x, base, weights, range);
  else demandLoraStep(name, x, base, weights, range);
}

function demandLoraStep(name: string, x: readonly number[], base: readonly number[], { A, B }: LoraStepWeights, range: RowRange): void {
  demandRows(name, x, base, range);
  if (lastOf(A.shape) !== lastOf(x) || lastOf(B.shape) !== A.shape[0] || B.shape[0] !== lastOf(base)) {
    throw new RangeError(`${name}: x [${x}], A [${A.shape}], B [${B.shape}] and base [${base}] do not fit`);
  }
}

function demandStanStep(name: string, x: readonly number[], base: readonly number[], { E, D, k }: StanStepWeights, range: RowRange): void {
  demandRows(name, x, base, range);
  demandKept(k, E, x);
  if (E.shape[0] !== D.shape[0] || lastOf(D.shape) !== lastOf(base)) {
    throw new RangeError(`${name}: E [${E.shape}], D [${D.shape}] and base [${base}] do not fit`);
  }
}

function demandRows(name: string, x: readonly number[], base: readonly number[], { from, to }: RowRange): void {
  const [rows = 0] = x;
  if (x.length !== 2 || base.length !== 2 || base[0] !== rows)
    throw new RangeError(`${name}: x [${x}] and base [${base}] have not the same rows`);
  if (from < 0 || from >= to || to > rows) throw new RangeError(`${name}: rows ${from}…${to - 1} are not among ${rows}`);
}

function demandKept(k: number, E: Tensor, x: readonly number[]): void {
  const [numLatents = 0, dIn] = E.shape;
  if (dIn !== lastOf(x)) throw new RangeError(`an encoder [${E.shape}] does not read [${x}]`);
  if (!Number.isInteger(k) || k < 1 || k > numLatents) throw new RangeError(`k ${k} is not in 1…${numLatents}`);
}
