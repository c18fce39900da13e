// One step of decoding: a few rows, one token each. What is fused here gives bit for bit what its parts would give, and where own
// kernels run, a row the same values whatever other rows are in the batch.
import { geluTanhMul, siluMul } from "./activations";
import { add } from "./arithmetic";
import { usesOwnKernels } from "./backend";
import { scalar } from "./create";
import { dims, execute, executeMany, NO_ATTRIBUTES } from "./execute";
import { split } from "./layout";
import { rmsNorm } from "./normalise";
import { formatOf, isPacked } from "./packed";
import { linear } from "./products";
import { tidy } from "./scope";
import { lastOf, type Tensor } from "./tensor";
import { type Attribute, count } from "./tensorflow-binding";

/**
 * As `linear`, and by the same sums whatever the number of rows: x (rows, dIn), w (dOut, dIn) float32, bfloat16 or packed → (rows, dOut).
 *
 * @throws RangeError when the inner lengths differ
 */
export function stepLinear(x: Tensor, w: Tensor): Tensor {
  demandProduct("stepLinear", x, w);
  return usesOwnKernels() ? execute(`StanscopeFewRows${suffixOf(w)}`, NO_ATTRIBUTES, [x, ...weightInputs(w)]) : linear(x, w);
}

/**
 * The RMS norm of x (rows, d) and its product with w (Σ widths, d), cut by columns.
 *
 * @returns the normed x (rows, d), and a part (rows, width) for each width
 * @throws RangeError when the widths do not add up to w's rows
 */
export function normLinear(
  x: Tensor,
  gain: Tensor,
  eps: number,
  w: Tensor,
  widths: readonly number[],
): { normed: Tensor; parts: Tensor[] } {
  demandProduct("normLinear", x, w);
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total !== w.shape[0]) throw new RangeError(`normLinear: widths [${widths}] do not add up to the rows of [${w.shape}]`);
  if (!usesOwnKernels()) {
    return tidy(() => {
      const normed = rmsNorm(x, gain, eps).y;
      return { normed, parts: split(linear(normed, w), widths, 1) };
    });
  }
  const inputs = [x, gain, scalar(eps), ...weightInputs(w), dims(widths)];
  const [normed, ...parts] = executeMany(`StanscopeNormLinear${suffixOf(w)}`, partCount(widths.length), inputs, 1 + widths.length);
  return { normed: normed as Tensor, parts };
}

/** silu(gate) · up of the RMS norm of x (rows, d), where w (2 · width, d) holds the gates' rows above the ups' → (rows, width) */
export function normGatedLinear(x: Tensor, gain: Tensor, eps: number, w: Tensor): Tensor {
  return normGated("NormGatedLinear", siluMul, x, gain, eps, w);
}

/** The same with geluTanh(gate) · up. */
export function normGeluGatedLinear(x: Tensor, gain: Tensor, eps: number, w: Tensor): Tensor {
  return normGated("NormGeluGatedLinear", geluTanhMul, x, gain, eps, w);
}

function normGated(
  name: "NormGatedLinear" | "NormGeluGatedLinear",
  gateWith: (gate: Tensor, up: Tensor) => Tensor,
  x: Tensor,
  gain: Tensor,
  eps: number,
  w: Tensor,
): Tensor {
  demandProduct(name, x, w);
  if (usesOwnKernels()) return execute(`Stanscope${name}${suffixOf(w)}`, NO_ATTRIBUTES, [x, gain, scalar(eps), ...weightInputs(w)]);
  return tidy(() => {
    const width = (w.shape[0] ?? 0) / 2;
    const [gate, up] = normLinear(x, gain, eps, w, [width, width]).parts as [Tensor, Tensor];
    return gateWith(gate, up);
  });
}

/** residual (rows, dOut) + x (rows, dIn) · wᵀ */
export function linearAdd(x: Tensor, w: Tensor, residual: Tensor): Tensor {
  demandProduct("linearAdd", x, w);
  if (usesOwnKernels()) return execute(`StanscopeLinearAdd${suffixOf(w)}`, NO_ATTRIBUTES, [x, ...weightInputs(w), residual]);
  return tidy(() => add(residual, linear(x, w)));
}

/** What a kernel's name ends in for weights of w's type. */
export function suffixOf(w: Tensor): "" | "Bfloat16" | "Packed" {
  if (isPacked(w)) return "Packed";
  return w.dtype === "bfloat16" ? "Bfloat16" : "";
}

/** A matrix as such kernels take it. */
export function weightInputs(w: Tensor): Tensor[] {
  return isPacked(w) ? [w, formatOf(w)] : [w];
}

const partCounts = new Map<number, readonly Attribute[]>();

function partCount(parts: number): readonly Attribute[] {
  const known = partCounts.get(parts) ?? [count("parts", parts)];
  partCounts.set(parts, known);
  return known;
}

/** @throws RangeError unless x (rows, d) and w (outputs, d) multiply */
export function demandProduct(name: string, x: Tensor, w: Tensor): void {
  if (x.shape.length === 2 && w.shape.length === 2 && lastOf(x.shape) === lastOf(w.shape)) return;
  throw new RangeError(`${name}: [${x.shape}] does not multiply [${w.shape}] transposed`);
}
