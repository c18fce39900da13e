import { type BlockFormat, blockFormats, type PackedName } from "@/lib/numbers/blocks/block-formats";

/** A tensor type of GGUF; `packed` where the engine can hold its blocks as they are. */
export type GgufTensorType = Pick<BlockFormat, "blockValues" | "blockBytes" | "dequantise"> & {
  readonly name: string;
  readonly packed?: PackedName | undefined;
};

/** By ggml's type number. */
export const ggufTensorTypes: ReadonlyMap<number, GgufTensorType> = new Map<number, GgufTensorType>([
  [0, { name: "F32", blockValues: 1, blockBytes: 4, dequantise: copyFloat32 }],
  ...Object.values(blockFormats)
    .filter(({ name }) => name !== "NF4")
    .map((format): [number, GgufTensorType] => [format.number, { ...format, packed: format.name }]),
]);

/** Names of the types that are known but not read, for the error. */
export const otherTensorTypes: Readonly<Record<number, string>> = {
  9: "Q8_1",
  10: "Q2_K",
  11: "Q3_K",
  15: "Q8_K",
  16: "IQ2_XXS",
  17: "IQ2_XS",
  18: "IQ3_XXS",
  19: "IQ1_S",
  20: "IQ4_NL",
  21: "IQ3_S",
  22: "IQ2_S",
  23: "IQ4_XS",
  24: "I8",
  25: "I16",
  26: "I32",
  27: "I64",
  28: "F64",
  29: "IQ1_M",
  34: "TQ1_0",
  35: "TQ2_0",
  39: "MXFP4",
};

function copyFloat32(blocks: Uint8Array, values: Float32Array): void {
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(blocks);
}
