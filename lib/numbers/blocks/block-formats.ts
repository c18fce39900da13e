import { dequantiseNf4 } from "./nf4";
import {
  dequantiseQ4_0,
  dequantiseQ4_1,
  dequantiseQ5_0,
  dequantiseQ5_1,
  dequantiseQ8_0,
  widenBfloat16,
  widenFloat16,
} from "./small-blocks";
import { dequantiseQ4K, dequantiseQ5K, dequantiseQ6K } from "./super-blocks";

/** Forms in which frozen weights can stay packed: ggml's, and NF4 of bitsandbytes. */
export const PACKED_NAMES = ["F16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "BF16", "NF4"] as const;
export type PackedName = (typeof PACKED_NAMES)[number];

/** Values lie in blocks of `blockValues` along a row, each `blockBytes` long. */
export type BlockFormat = {
  readonly name: PackedName;
  /** ggml's type number; for NF4, which ggml does not have, one of ours. The kernels use the same. */
  readonly number: number;
  readonly blockValues: number;
  readonly blockBytes: number;
  /** Writes the float32 values of whole blocks. */
  readonly dequantise: (blocks: Uint8Array, values: Float32Array) => void;
};

export const blockFormats: Readonly<Record<PackedName, BlockFormat>> = {
  F16: { name: "F16", number: 1, blockValues: 1, blockBytes: 2, dequantise: widenFloat16 },
  Q4_0: { name: "Q4_0", number: 2, blockValues: 32, blockBytes: 18, dequantise: dequantiseQ4_0 },
  Q4_1: { name: "Q4_1", number: 3, blockValues: 32, blockBytes: 20, dequantise: dequantiseQ4_1 },
  Q5_0: { name: "Q5_0", number: 6, blockValues: 32, blockBytes: 22, dequantise: dequantiseQ5_0 },
  Q5_1: { name: "Q5_1", number: 7, blockValues: 32, blockBytes: 24, dequantise: dequantiseQ5_1 },
  Q8_0: { name: "Q8_0", number: 8, blockValues: 32, blockBytes: 34, dequantise: dequantiseQ8_0 },
  Q4_K: { name: "Q4_K", number: 12, blockValues: 256, blockBytes: 144, dequantise: dequantiseQ4K },
  Q5_K: { name: "Q5_K", number: 13, blockValues: 256, blockBytes: 176, dequantise: dequantiseQ5K },
  Q6_K: { name: "Q6_K", number: 14, blockValues: 256, blockBytes: 210, dequantise: dequantiseQ6K },
  BF16: { name: "BF16", number: 30, blockValues: 1, blockBytes: 2, dequantise: widenBfloat16 },
  NF4: { name: "NF4", number: 100, blockValues: 64, blockBytes: 36, dequantise: dequantiseNf4 },
};

/** A matrix row by row in blocks. */
export type PackedMatrix = { readonly format: PackedName; readonly bytes: Uint8Array };

export function isPackedName(name: string): name is PackedName {
  return Object.hasOwn(blockFormats, name);
}

/** @throws RangeError when the values do not fill whole blocks */
export function packedBytes(name: PackedName, values: number): number {
  const { blockValues, blockBytes } = blockFormats[name];
  if (values % blockValues !== 0) throw new RangeError(`${values} values do not fill blocks of ${blockValues} (${name})`);
  return (values / blockValues) * blockBytes;
}
