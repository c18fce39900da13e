import { isPackedName, type PackedName, packedBytes } from "@/lib/numbers/blocks/block-formats";

/**
 * Packed names are frozen matrices in the blocks of that format: `shape` is that of the matrix, and only what `packed.ts` names reads them.
 * "opaque" are sparse matrices and variable handles, which only this room's own functions understand.
 */
export type DType = "float32" | "int32" | "bfloat16" | "int64" | "uint8" | "opaque" | PackedName;

/** What a tensor of the WebAssembly engine holds; bfloat16 as the upper halves of its floats, a packed matrix as its bytes. */
export type Values = Float32Array | Int32Array | Uint16Array | Uint8Array;

/** A list of tensors to free together; a tensor belongs to at most one. */
export type Scope = Tensor[];

/** An array that several tensors show: it lasts as long as one of them. */
export type SharedArray = { readonly bytes: number; holders: number };

/**
 * A handle to an array on the device: `shape` and `dtype` for everyone, the rest for this room alone.
 * The values are TensorFlow's under `id`, or this process's own in `values`; never both.
 */
export class Tensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** TensorFlow's name for it, -1 without one. */
  id: number;
  values: Values | undefined;
  scope: Scope | undefined;
  state: "live" | "freed" | "constant" = "live";
  /** Undefined where no other tensor shows the same array. */
  shared: SharedArray | undefined;

  constructor(shape: readonly number[], dtype: DType, id: number, values: Values | undefined) {
    this.shape = shape;
    this.dtype = dtype;
    this.id = id;
    this.values = values;
  }
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** What a tensor's values take; 0 for an opaque one, whose size is not known. */
export function bytesOf({ shape, dtype }: Tensor): number {
  return isPackedName(dtype) ? packedBytes(dtype, sizeOf(shape)) : sizeOf(shape) * entryBytes[dtype];
}

const entryBytes: Readonly<Record<Exclude<DType, PackedName>, number>> = {
  float32: 4,
  int32: 4,
  bfloat16: 2,
  int64: 8,
  uint8: 1,
  opaque: 0,
};

/** Length of the last axis. */
export function lastOf(shape: readonly number[]): number {
  const last = shape[shape.length - 1];
  if (last === undefined) throw new RangeError("a scalar has no last axis");
  return last;
}

/** The shape with its last axis replaced by `lengths` (none: the axis is dropped). */
export function withLast(shape: readonly number[], ...lengths: number[]): number[] {
  return [...shape.slice(0, -1), ...lengths];
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** @throws RangeError naming both shapes when they differ */
export function demandSameShape(name: string, a: Tensor, b: Tensor): void {
  if (!sameShape(a.shape, b.shape)) throw new RangeError(`${name}: shapes [${a.shape}] and [${b.shape}] differ`);
}
