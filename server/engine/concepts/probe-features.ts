import type { Matrix } from "@/lib/numbers/matrix";
import type { ProbeRows } from "./probe-rows";
import type { SparseLines } from "./sparse-lines";

/** What a probe may read of each row, a column each: a latent's mean activation, or a channel of the state. */
export type ProbeFeatures = {
  readonly columns: number;
  /** Of each column the mean over the positives minus that over the negatives. */
  differences(rows: ProbeRows): Float64Array;
  /** Some columns of rows: the positives, then the negatives. */
  read(rows: ProbeRows, columns: ArrayLike<number>): Matrix;
};

/** Mean activations of a module's latents. @param numRows rows of the pass */
export function latentFeatures({ starts, places, values }: SparseLines, numRows: number): ProbeFeatures {
  return {
    columns: starts.length - 1,
    differences({ positives, negatives }) {
      const shares = new Float64Array(numRows);
      for (const place of positives) shares[place] = 1 / positives.length;
      for (const place of negatives) shares[place] = -1 / negatives.length;
      return Float64Array.from({ length: starts.length - 1 }, (_, line) => {
        let sum = 0;
        for (let at = starts[line] as number; at < (starts[line + 1] as number); at++) {
          sum += (shares[places[at] as number] as number) * (values[at] as number);
        }
        return sum;
      });
    },
    read({ positives, negatives }, columns) {
      const rowAt = new Int32Array(numRows).fill(-1);
      const rows = [...positives, ...negatives];
      rows.forEach((place, row) => {
        rowAt[place] = row;
      });
      const read = new Float64Array(rows.length * columns.length);
      for (let column = 0; column < columns.length; column++) {
        const line = columns[column] as number;
        for (let at = starts[line] as number; at < (starts[line + 1] as number); at++) {
          const row = rowAt[places[at] as number] as number;
          if (row >= 0) read[row * columns.length + column] = values[at] as number;
        }
      }
      return { rows: rows.length, columns: columns.length, values: read };
    },
  };
}

/** Channels of the rows' mean states. @param states (rows of the pass, channels) */
export function stateFeatures(states: Float32Array, channels: number): ProbeFeatures {
  return {
    columns: channels,
    differences({ positives, negatives }) {
      const sums = new Float64Array(channels);
      const addUp = (places: readonly number[], share: number) => {
        for (const place of places) {
          for (let channel = 0; channel < channels; channel++) {
            sums[channel] = (sums[channel] as number) + share * (states[place * channels + channel] as number);
          }
        }
      };
      addUp(positives, 1 / positives.length);
      addUp(negatives, -1 / negatives.length);
      return sums;
    },
    read({ positives, negatives }, columns) {
      const rows = [...positives, ...negatives];
      const read = new Float64Array(rows.length * columns.length);
      rows.forEach((place, row) => {
        for (let column = 0; column < columns.length; column++) {
          read[row * columns.length + column] = states[place * channels + (columns[column] as number)] as number;
        }
      });
      return { rows: rows.length, columns: columns.length, values: read };
    },
  };
}
