import type { PackedRows } from "@/lib/numbers/blocks/packed-rows";

/** The weights of a base model by their Hugging Face names, in Hugging Face orientation and row order, whatever the file holds. */
export type WeightSource = {
  names(): string[];
  /** @throws Error naming the tensor when there is none of this name; so do `dtype` and `read` */
  shape(name: string): readonly number[];
  /** As stored, in the words of the file's format (`BF16`, `Q4_1`). */
  dtype(name: string): string;
  /** All values, row by row, converted to float32. Read from disk at each call. */
  read(name: string): Float32Array;
  /** A matrix (rows, d) in the blocks that the file holds it in, read when asked for; undefined where its values are not packed, or not along d. */
  blocks?(name: string): PackedRows | undefined;
  close(): void;
};

/** Number of entries of a tensor; 1 for a scalar's empty shape. */
export function entryCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
