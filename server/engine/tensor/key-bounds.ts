import { fromValues } from "./create";
import type { Tensor } from "./tensor";

/**
 * Which keys each query sees: of one row for all rows of a batch, or of each row.
 *
 * `values` (boundRows, queries, 2) hold the first key that a query sees and the one after the last: none where they are equal, all keys alike,
 * whatever their scores, where the first is `EVENLY`.
 */
export type KeyBounds = {
  readonly values: Int32Array;
  readonly tensor: Tensor;
  /** (rows · tokens) 1 for a key that no query sees, though it lies between others that it sees; absent where there is none. */
  readonly hidden?: Int32Array | undefined;
};

/** In place of the first key: the query sees all keys alike. */
export const EVENLY = -1;

/** @param values (boundRows · queries · 2), as `KeyBounds` has them */
export function keyBounds(values: Int32Array, boundRows: number, hidden?: Int32Array): KeyBounds {
  return { values, tensor: fromValues(values, [boundRows, values.length / (2 * boundRows), 2]), hidden };
}

export type AttentionFactors = {
  /** What queries are multiplied by. */
  readonly scale: number;
  /** Of the scores, as `softCap` has it. */
  readonly cap?: number | undefined;
};
