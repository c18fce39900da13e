// Frozen matrices that stay in the blocks of their file, or of NF4: (rows, d) with blocks along d.
import { blockFormats, isPackedName, type PackedMatrix, type PackedName, packedBytes } from "@/lib/numbers/blocks/block-formats";
import { quantiseNf4 } from "@/lib/numbers/blocks/nf4";
import { demandRows, joinPieces, type RowPiece, rowsFrom } from "@/lib/numbers/blocks/packed-rows";
import { usesOwnKernels, usesTensorflow } from "./backend";
import { fromValues, LONGEST_SIDE, readInts, readScalar, toFloat32, unfilled } from "./create";
import { asPacked, bytesWithin, createBytes, createPacked, execute, index, NO_ATTRIBUTES } from "./execute";
import { gatherRows, reshape, slice } from "./layout";
import { unpackBlocks } from "./packed-twin";
import { bfloat16FromFloats, intsOf, plainTensor, readable } from "./plain-arrays";
import { tidy } from "./scope";
import { lastOf, sizeOf, type Tensor } from "./tensor";

export type PackedTensor = Tensor & { readonly dtype: PackedName };

export function isPacked(tensor: Tensor): tensor is PackedTensor {
  return isPackedName(tensor.dtype);
}

/**
 * Holds a matrix in its blocks; they must not be written to afterwards.
 *
 * @throws RangeError when the bytes are not those of such a matrix
 */
export function fromBlocks({ format, bytes: blocks }: PackedMatrix, shape: readonly [rows: number, d: number]): Tensor {
  const bytes = shape[0] * packedBytes(format, shape[1]);
  if (blocks.length !== bytes) throw new RangeError(`fromBlocks: ${blocks.length} bytes are not the ${bytes} of [${shape}] as ${format}`);
  if (usesTensorflow()) return createPacked(blocks, shape, format);
  return asPacked(plainTensor(blocks, [blocks.length]), shape, format);
}

/**
 * Holds a matrix whose rows come in pieces, in any order. With own kernels they are written straight into the tensor: nothing else holds more than a piece.
 *
 * @throws RangeError when they are not the rows of such a matrix
 */
export function fromPieces(format: PackedName, pieces: Iterable<RowPiece>, shape: readonly [rows: number, d: number]): Tensor {
  const [rows, d] = shape;
  const rowBytes = packedBytes(format, d);
  const bytes = rows * rowBytes;
  if (!usesOwnKernels() || bytes > LONGEST_SIDE) return fromBlocks({ format, bytes: joinPieces(pieces, rows, rowBytes) }, shape);
  return tidy(() => {
    const whole = unfilled([bytes], "uint8");
    let placed = 0;
    for (const piece of pieces) placed += placeRows(whole, piece);
    demandRows(placed, rows);
    return asPacked(whole, shape, format);
  });
}

function placeRows(whole: Tensor, { bytes, rows }: RowPiece): number {
  return tidy(() => readScalar(execute("StanscopePlaceRows", NO_ATTRIBUTES, [whole, createBytes(bytes), fromValues(rows, [rows.length])])));
}

/** The number by which kernels know a matrix's format. */
export function formatOf({ dtype }: PackedTensor): Tensor {
  return index(blockFormats[dtype].number);
}

export function fitsNf4(d: number): boolean {
  return d % blockFormats.NF4.blockValues === 0;
}

/** Rows of values, each of which fills whole blocks of 64, rounded to NF4. */
export function packNf4(values: Float32Array): PackedMatrix {
  if (!usesOwnKernels()) return { format: "NF4", bytes: quantiseNf4(values) };
  const words = tidy(() => readInts(execute("StanscopeQuantiseNf4", NO_ATTRIBUTES, [fromValues(values, [values.length])])));
  return { format: "NF4", bytes: new Uint8Array(words.buffer, words.byteOffset, words.byteLength) };
}

/** Values rounded to bfloat16, to nearest even. */
export function packBfloat16(values: Float32Array): PackedMatrix {
  return { format: "BF16", bytes: new Uint8Array(bfloat16FromFloats(values).buffer) };
}

/**
 * Rows of a frozen matrix that lie one after another, held as it is. TensorFlow takes no copy where they begin and end at a multiple of 64 bytes.
 */
export function frozenPart(w: Tensor, from: number, rows: number): Tensor {
  const d = lastOf(w.shape);
  if (!isPacked(w)) return slice(w, [from, 0], [rows, d]);
  const rowBytes = packedBytes(w.dtype, d);
  return tidy(() => asPacked(slice(bytesWithin(w), [from * rowBytes], [rows * rowBytes]), [rows, d], w.dtype));
}

/** Rows of a frozen table (n, d) by int32 indices (m) → (m, d) in float32, whatever it is held in. */
export function frozenRows(table: Tensor, indices: Tensor): Tensor {
  if (isPacked(table)) return unpackRows(table, indices);
  return tidy(() => inFloat32(gatherRows(table, indices)));
}

/** A frozen tensor in float32: itself, or a copy. */
export function inFloat32(tensor: Tensor): Tensor {
  if (isPacked(tensor)) return unpackedTile(tensor, { from: 0, rows: tensor.shape[0] ?? 0 });
  return tensor.dtype === "bfloat16" ? toFloat32(tensor) : tensor;
}

/** Most values of a packed matrix that are unpacked at a time: 16 MiB, and as much with what plain operations hold meanwhile (our choice). */
const TILE_VALUES = 2 ** 22;
const TILE_VALUES_TWIN = 2 ** 19;

/** Some rows of a packed matrix. */
export type Tile = { readonly from: number; readonly rows: number };

/** The rows of a packed matrix, cut so that a tile may be unpacked whole. Unpack one at a time. */
export function tilesOf(w: PackedTensor): Tile[] {
  const [total = 0] = w.shape;
  const values = usesOwnKernels() || !usesTensorflow() ? TILE_VALUES : TILE_VALUES_TWIN;
  const most = Math.max(1, Math.floor(values / lastOf(w.shape)));
  return Array.from({ length: Math.ceil(total / most) }, (_, tile) => {
    const from = tile * most;
    return { from, rows: Math.min(most, total - from) };
  });
}

/** In float32, (rows, d). */
export function unpackedTile(w: PackedTensor, { from, rows }: Tile): Tensor {
  return tidy(() => unpackRows(w, fromValues(rowsFrom(from, rows), [rows])));
}

function unpackRows(w: PackedTensor, indices: Tensor): Tensor {
  const d = lastOf(w.shape);
  if (usesOwnKernels()) return execute("StanscopeUnpackRows", NO_ATTRIBUTES, [w, formatOf(w), indices, index(d)]);
  const { blockValues, blockBytes, dequantise } = blockFormats[w.dtype];
  const rowBytes = packedBytes(w.dtype, d);
  if (usesTensorflow()) {
    return tidy(() => {
      const rows = gatherRows(reshape(bytesWithin(w), [w.shape[0] ?? 0, rowBytes]), indices);
      const blocks = (sizeOf(indices.shape) * d) / blockValues;
      return reshape(unpackBlocks(reshape(rows, [blocks, blockBytes]), w.dtype), [sizeOf(indices.shape), d]);
    });
  }
  const blocks = readable(w) as Uint8Array;
  const rows = intsOf(indices);
  const values = new Float32Array(rows.length * d);
  rows.forEach((row, i) => {
    dequantise(blocks.subarray(row * rowBytes, (row + 1) * rowBytes), values.subarray(i * d, (i + 1) * d));
  });
  return plainTensor(values, [rows.length, d]);
}
