/*
 * NF4 of bitsandbytes ("QLoRA", Dettmers et al. 2023): 64 values share the largest absolute value among them, float32, and each is one of 16 multiples
 * of it. Without double quantisation. The order of bytes within a block is ours: absmax, then 32 bytes with value i in the low and value i + 32 in the
 * high half, as in ggml's blocks.
 */

const blockValues = 64;
const blockBytes = 36;

/** The 16 levels, as bitsandbytes has them. */
export const nf4Levels: readonly number[] = [
  -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495,
  0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
  0.7229568362236023, 1.0,
];

/** Level i + 1 is taken above the i-th of these, the middles between levels in bitsandbytes' own digits. */
const boundaries: readonly number[] = [
  -0.8480964004993439, -0.6106329262256622, -0.4599952697753906, -0.33967943489551544, -0.23460740596055984, -0.13791173323988914,
  -0.045525018125772476, 0.03979014977812767, 0.1202552504837513, 0.2035212516784668, 0.2920137718319893, 0.3893125355243683,
  0.5016634166240692, 0.6427869200706482, 0.8614784181118011,
].map(Math.fround);

const levels = Float32Array.from(nf4Levels);

/** @param values whole blocks of 64 */
export function quantiseNf4(values: Float32Array): Uint8Array {
  const blocks = new Uint8Array((values.length / blockValues) * blockBytes);
  const scales = new DataView(blocks.buffer);
  for (let from = 0, to = 0; from < values.length; from += blockValues, to += blockBytes) {
    let largest = 0;
    for (let i = from; i < from + blockValues; i++) largest = Math.max(largest, Math.abs(values[i] as number));
    scales.setFloat32(to, largest, true);
    const inverse = largest === 0 ? 0 : Math.fround(1 / largest);
    for (let i = 0; i < 32; i++) {
      const low = levelOf(Math.fround((values[from + i] as number) * inverse));
      blocks[to + 4 + i] = low | (levelOf(Math.fround((values[from + i + 32] as number) * inverse)) << 4);
    }
  }
  return blocks;
}

export function dequantiseNf4(blocks: Uint8Array, values: Float32Array): void {
  const scales = new DataView(blocks.buffer, blocks.byteOffset);
  for (let from = 0, to = 0; to < values.length; from += blockBytes, to += blockValues) {
    const largest = scales.getFloat32(from, true);
    for (let i = 0; i < 32; i++) {
      const pair = blocks[from + 4 + i] as number;
      values[to + i] = largest * (levels[pair & 15] as number);
      values[to + i + 32] = largest * (levels[pair >> 4] as number);
    }
  }
}

/** By halves of the 15 boundaries. */
function levelOf(value: number): number {
  let level = 0;
  for (let step = 8; step > 0; step >>= 1) if (value > (boundaries[level + step - 1] as number)) level += step;
  return level;
}
