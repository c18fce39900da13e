import { abs } from "./arithmetic";
import { usesOwnKernels, usesTensorflow } from "./backend";
import { fromValues } from "./create";
import { constant, execute, executeMany, index, NO_ATTRIBUTES, recentConstant } from "./execute";
import { concat, gatherRows, reshape } from "./layout";
import { plainGatherInRows, plainRowDots, plainSparseTimes, plainSparseTransposeTimes, plainTopK } from "./plain-sparse";
import { batchMatmul } from "./products";
import { tidy } from "./scope";
import { lastOf, type Tensor } from "./tensor";
import { count, FLOAT, flag, INT32, INT64, typeOf } from "./tensorflow-binding";

/** Row-sparse activations (tokens, numLatents), k of them a token; made once, used by every product of a step. */
export type SparseRows = {
  readonly tokens: number;
  readonly numLatents: number;
  readonly indices: Tensor;
  readonly values: Tensor;
  /** TensorFlow's compressed sparse rows and their transpose, where they are needed: the own kernels take the pairs. */
  readonly matrix: Tensor | undefined;
  transposed: Tensor | undefined;
};

const TOP_K = [typeOf("T", FLOAT), typeOf("Tk", INT32), flag("sorted", true)];
const TOP_K_INT32 = [typeOf("T", INT32), typeOf("Tk", INT32), flag("sorted", true)];
const NEGATE_INT32 = [typeOf("T", INT32)];
const GATHER_IN_ROW = [typeOf("Tparams", FLOAT), typeOf("Tindices", INT32), typeOf("Taxis", INT32), count("batch_dims", 1)];
const TO_INT64 = [typeOf("SrcT", INT32), typeOf("DstT", INT64), flag("Truncate", false)];
const TO_CSR = [typeOf("T", FLOAT)];
const TRANSPOSE = [flag("conjugate", false), typeOf("type", FLOAT)];
const CSR_FLAGS = ["transpose_a", "transpose_b", "adjoint_a", "adjoint_b", "transpose_output", "conjugate_output"];
const CSR_PRODUCT = [typeOf("T", FLOAT), ...CSR_FLAGS.map((name) => flag(name, false))];

/**
 * Keeps the k largest entries of each row.
 *
 * @param z (tokens, numLatents)
 * @returns values and int32 indices, both (tokens, k), by ascending index; of equal entries the lower index is kept.
 *   A row with NaN gives valid indices and may give NaN among its values
 * @throws RangeError when k is not in 1…numLatents
 */
export function topK(z: Tensor, k: number): { values: Tensor; indices: Tensor } {
  const numLatents = lastOf(z.shape);
  if (z.shape.length !== 2) throw new RangeError(`topK: [${z.shape}] is not (tokens, numLatents)`);
  if (!Number.isInteger(k) || k < 1 || k > numLatents) throw new RangeError(`topK: k ${k} is not in 1…${numLatents}`);
  if (usesOwnKernels()) {
    const [values, indices] = executeMany("StanscopeTopK", NO_ATTRIBUTES, [z, index(k)], 2) as [Tensor, Tensor];
    return { values, indices };
  }
  if (!usesTensorflow()) return plainTopK(z, k);
  return tidy(() => {
    const [, byValue] = executeMany("TopKV2", TOP_K, [z, index(k)], 2) as [Tensor, Tensor];
    const [descending] = executeMany("TopKV2", TOP_K_INT32, [execute("Neg", NEGATE_INT32, [byValue]), index(k)], 2) as [Tensor, Tensor];
    const indices = execute("Neg", NEGATE_INT32, [descending]);
    return { values: gatherInRows(z, indices), indices };
  });
}

/** The same by magnitude; the values have their own signs. */
export function topKByMagnitude(z: Tensor, k: number): { values: Tensor; indices: Tensor } {
  return tidy(() => {
    const { indices } = topK(abs(z), k);
    return { indices, values: gatherInRows(z, indices) };
  });
}

/** The entries of each row of z (tokens, numLatents) at its int32 indices (tokens, k) → (tokens, k) */
export function gatherInRows(z: Tensor, indices: Tensor): Tensor {
  return usesTensorflow() ? execute("GatherV2", GATHER_IN_ROW, [z, indices, index(1)]) : plainGatherInRows(z, indices);
}

/**
 * Makes sparse rows of (tokens, k) indices and values, as `topK` gives them: ascending in each row, none twice. The
 * result uses both tensors; free it before or with them.
 */
export function encodeRows(indices: Tensor, values: Tensor, numLatents: number): SparseRows {
  const [tokens = 0, k = 0] = indices.shape;
  if (indices.shape.length !== 2 || values.shape[0] !== tokens || values.shape[1] !== k) {
    throw new RangeError(`encodeRows: indices [${indices.shape}] and values [${values.shape}] are not both (tokens, k)`);
  }
  const shared = { tokens, numLatents, indices, values, transposed: undefined };
  if (!usesTensorflow() || usesOwnKernels()) return { ...shared, matrix: undefined };
  const matrix = tidy(() => {
    const columns = int64(reshape(indices, [tokens * k, 1]));
    const places = concat([rowNumbers(tokens, k), columns], 1);
    return execute("SparseTensorToCSRSparseMatrix", TO_CSR, [places, reshape(values, [tokens * k]), denseShape(tokens, numLatents)]);
  });
  return { ...shared, matrix };
}

/** rows (tokens, numLatents) · dense (numLatents, d) → (tokens, d) */
export function sparseTimes(rows: SparseRows, dense: Tensor): Tensor {
  if (dense.shape[0] !== rows.numLatents) throw new RangeError(`sparseTimes: [${dense.shape}] has not ${rows.numLatents} rows`);
  if (usesOwnKernels()) return execute("StanscopeSparseTimes", NO_ATTRIBUTES, [rows.indices, rows.values, dense]);
  if (rows.matrix === undefined) return plainSparseTimes(rows.indices, rows.values, dense);
  return execute("SparseMatrixMatMul", CSR_PRODUCT, [rows.matrix, dense]);
}

/** rowsᵀ (numLatents, tokens) · dense (tokens, d) → (numLatents, d) */
export function sparseTransposeTimes(rows: SparseRows, dense: Tensor): Tensor {
  if (dense.shape[0] !== rows.tokens) throw new RangeError(`sparseTransposeTimes: [${dense.shape}] has not ${rows.tokens} rows`);
  if (usesOwnKernels()) {
    return execute("StanscopeSparseTransposeTimes", NO_ATTRIBUTES, [rows.indices, rows.values, dense, index(rows.numLatents)]);
  }
  if (rows.matrix === undefined) return plainSparseTransposeTimes(rows.indices, rows.values, dense, rows.numLatents);
  // Transposing first is 8 times faster than asking the product to.
  if (rows.transposed?.state !== "live") rows.transposed = execute("SparseMatrixTranspose", TRANSPOSE, [rows.matrix]);
  return execute("SparseMatrixMatMul", CSR_PRODUCT, [rows.transposed, dense]);
}

/** table[indices[t, j]] · g[t] → (tokens, k): the gradient of the kept values. */
export function rowDots(table: Tensor, indices: Tensor, g: Tensor): Tensor {
  const [tokens = 0, k = 0] = indices.shape;
  if (indices.shape.length !== 2 || g.shape[0] !== tokens || lastOf(g.shape) !== lastOf(table.shape)) {
    throw new RangeError(`rowDots: table [${table.shape}], indices [${indices.shape}] and g [${g.shape}] do not fit`);
  }
  if (usesOwnKernels()) return execute("StanscopeRowDots", NO_ATTRIBUTES, [table, indices, g]);
  if (!usesTensorflow()) return plainRowDots(table, indices, g);
  return tidy(() => {
    const column = reshape(g, [tokens, lastOf(g.shape), 1]);
    return reshape(batchMatmul(gatherRows(table, indices), column), [tokens, k]);
  });
}

/** The row number of each kept entry, int64 (tokens·k, 1). */
function rowNumbers(tokens: number, k: number): Tensor {
  return recentConstant(`rows${tokens},${k}`, () => {
    const numbers = Int32Array.from({ length: tokens * k }, (_, i) => Math.floor(i / k));
    return int64(fromValues(numbers, [tokens * k, 1]));
  });
}

function denseShape(tokens: number, numLatents: number): Tensor {
  return constant(`dense${tokens},${numLatents}`, () => int64(fromValues(Int32Array.of(tokens, numLatents), [2])));
}

function int64(x: Tensor): Tensor {
  return execute("Cast", TO_INT64, [x]);
}
