import { blockFormats } from "@/lib/numbers/blocks/block-formats";
import { Random } from "@/lib/numbers/random";
import { toFloat16 } from "@/server/interop/float16";
import { entriesOf, type ModelTensor } from "./model-tensors";

export type BlockName = "Q4_0" | "Q4_K";
type Form = "F32" | "BF16" | BlockName;

/** Values made at a time. */
const chunkValues = 2 ** 22;

/** The bytes of a tensor in chunks, the same for the same seed. */
export function* randomBytes(tensor: ModelTensor, form: Form, seed: number): Generator<Uint8Array> {
  const random = new Random(seed);
  const count = entriesOf(tensor);
  const fill = fillerOf(tensor, form, random);
  for (let from = 0; from < count; from += chunkValues) {
    const bytes = new Uint8Array(bytesOf(form, Math.min(chunkValues, count - from)));
    fill(bytes);
    yield bytes;
  }
}

export function bytesOf(form: Form, values: number): number {
  if (form === "F32") return 4 * values;
  const { blockValues, blockBytes } = blockFormats[form];
  return (values / blockValues) * blockBytes;
}

function fillerOf({ deviation }: ModelTensor, form: Form, random: Random): (bytes: Uint8Array) => void {
  if (form === "Q4_0" || form === "Q4_K") return (bytes) => fillBlocks(bytes, form, deviation, random);
  const normals = normalTable(deviation, random);
  const patterns = Uint16Array.from(new Uint32Array(normals.buffer), (bits) => bits >>> 16);
  return ({ buffer }) => {
    const [entries, table] = form === "F32" ? [new Float32Array(buffer), normals] : [new Uint16Array(buffer), patterns];
    for (let at = 0; at < entries.length; at++) entries[at] = table[random.nextWord() >>> 16] as number;
  };
}

/** 65,536 values of a normal distribution around 0, each with its negative; all 1 without a deviation. */
function normalTable(deviation: number, random: Random): Float32Array {
  const table = new Float32Array(2 ** 16).fill(1);
  if (deviation === 0) return table;
  for (let at = 0; at < table.length; at += 2) {
    table[at] = deviation * random.nextNormal();
    table[at + 1] = -(table[at] as number);
  }
  return table;
}

/** Random bits with scales that give the values the deviation: a nibble's is √21.25, and that of a nibble with its group's 6 bits, less the group's offset, 258. */
function fillBlocks(bytes: Uint8Array, form: BlockName, deviation: number, random: Random): void {
  const words = new Uint32Array(bytes.buffer, 0, bytes.length >> 2);
  for (let at = 0; at < words.length; at++) words[at] = random.nextWord();
  for (let at = 4 * words.length; at < bytes.length; at++) bytes[at] = random.nextWord();
  const scale = form === "Q4_0" ? deviation / Math.sqrt(21.25) : deviation / 258;
  const { blockBytes } = blockFormats[form];
  const view = new DataView(bytes.buffer);
  const [d, offset] = [toFloat16(scale), toFloat16(7.5 * scale)];
  for (let from = 0; from < bytes.length; from += blockBytes) {
    view.setUint16(from, d, true);
    if (form === "Q4_K") view.setUint16(from + 2, offset, true);
  }
}
