import { blockFormats, type PackedName, packedBytes } from "@/lib/numbers/blocks/block-formats";
import { seededRandom } from "./seeded-random";

/** Where a format's blocks have float16 scales. */
const scales: Readonly<Record<PackedName, readonly number[]>> = {
  F16: [0],
  Q4_0: [0],
  Q4_1: [0, 2],
  Q5_0: [0],
  Q5_1: [0, 2],
  Q8_0: [0],
  Q4_K: [0, 2],
  Q5_K: [0, 2],
  Q6_K: [208],
  BF16: [],
  NF4: [],
};

/** A packed matrix of random bits whose values are of the size of weights. Scales are float16 in either sign, smaller where groups scale them again. */
export function randomBlocks(format: PackedName, rows: number, d: number, seed: number): { blocks: Uint8Array; values: Float32Array } {
  const random = seededRandom(seed);
  const { blockBytes, dequantise } = blockFormats[format];
  const blocks = Uint8Array.from({ length: rows * packedBytes(format, d) }, () => Math.floor(256 * random()));
  const view = new DataView(blocks.buffer);
  for (let from = 0; from < blocks.length; from += blockBytes) {
    const [least, steps] = format.endsWith("_K") ? [0x04, 4] : [0x10, 16];
    for (const at of scales[format]) blocks[from + at + 1] = (random() < 0.5 ? 0x80 : 0) | (least + Math.floor(steps * random()));
    if (format === "BF16") blocks[from + 1] = random() < 0.5 ? 0x3c : 0xbc;
    if (format === "NF4") view.setFloat32(from, 0.01 + random(), true);
  }
  const values = new Float32Array(rows * d);
  dequantise(blocks, values);
  return { blocks, values };
}
