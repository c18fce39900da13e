import type { PackedRows } from "@/lib/numbers/blocks/packed-rows";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { FileError } from "@/server/files/file-error";
import { openReadable, type ReadableFile } from "@/server/files/readable-file";
import { upperHalf, widenBfloat16InPlace, widenFloat16InPlace } from "./float-conversion";
import { rowReader } from "./row-pieces";
import { largestHeader, parseSafetensorsHeader, type SafetensorsHeader, type TensorEntry } from "./safetensors-header";
import { entryCount, type WeightSource } from "./weight-source";

export type SafetensorsFile = WeightSource & {
  /** Values of an I32, I64, U8 or BOOL tensor. @throws FileError when an I64 value does not fit 32 bits */
  readInts(name: string): Int32Array;
  /** Values of an F32, I32 or F64 tensor as they are stored, without any rounding. */
  readStored(name: string): TensorData;
  readonly metadata: Readonly<Record<string, string>>;
};

/** What is written as F32, I32 or F64. */
export type TensorData = { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array | Float64Array };

/** A float32 tensor whose values are read as they are written, so that those of one alone are held. */
export type UnreadTensor = { readonly shape: readonly number[]; read(): Float32Array };

/**
 * Opens a safetensors file and checks its header whole; values are read on demand.
 *
 * @throws FileError naming the file, and the key where one is at fault
 */
export function openSafetensors(path: string): SafetensorsFile {
  const file = openReadable(path);
  try {
    return safetensorsFile(file, readHeader(file));
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Writes tensors in the format's usual order (wider types first, then by name), atomically. */
export function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, TensorData | UnreadTensor>>,
  metadata?: Readonly<Record<string, string>>,
): void {
  const named = Object.entries(tensors).sort(([a, x], [b, y]) => entryBytes(y) - entryBytes(x) || compareText(a, b));
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata };
  let position = 0;
  for (const [name, tensor] of named) {
    const { shape } = tensor;
    if ("data" in tensor) demandFilled(path, name, tensor);
    const end = position + entryCount(shape) * entryBytes(tensor);
    header[name] = { dtype: "data" in tensor ? dtypeOf(tensor.data) : "F32", shape, data_offsets: [position, end] };
    position = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeFileAtomically(
    path,
    (function* () {
      yield length;
      yield padded;
      for (const [name, tensor] of named) {
        const data = "data" in tensor ? tensor.data : tensor.read();
        demandFilled(path, name, { shape: tensor.shape, data });
        yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      }
    })(),
  );
}

/** @throws RangeError for values that do not fill the shape */
function demandFilled(path: string, name: string, { shape, data }: TensorData): void {
  if (entryCount(shape) === data.length) return;
  throw new RangeError(`${path}: tensor "${name}" has ${data.length} values, but shape [${shape.join(", ")}] needs ${entryCount(shape)}`);
}

function entryBytes(tensor: TensorData | UnreadTensor): number {
  return "data" in tensor ? tensor.data.BYTES_PER_ELEMENT : Float32Array.BYTES_PER_ELEMENT;
}

function readHeader(file: ReadableFile): SafetensorsHeader {
  if (file.sizeBytes < 8) throw new FileError("invalid", file.path, `is ${file.sizeBytes} bytes long, too short for a safetensors file`);
  const prefix = new Uint8Array(8);
  file.readAt(0, prefix);
  const headerBytes = new DataView(prefix.buffer).getBigUint64(0, true);
  if (headerBytes > BigInt(Math.min(file.sizeBytes - 8, largestHeader))) {
    throw new FileError(
      "invalid",
      file.path,
      `declares a header of ${headerBytes} bytes in a file of ${file.sizeBytes}; it is not a safetensors file, or it is truncated`,
    );
  }
  const bytes = new Uint8Array(Number(headerBytes));
  file.readAt(8, bytes);
  const dataStart = 8 + bytes.length;
  return parseSafetensorsHeader(file.path, decodeUtf8(file.path, bytes), dataStart, file.sizeBytes);
}

function safetensorsFile(file: ReadableFile, { entries, metadata }: SafetensorsHeader): SafetensorsFile {
  const entry = (name: string): TensorEntry => {
    const found = entries.get(name);
    if (found === undefined) throw new FileError("invalid", file.path, `has no tensor "${name}"`);
    return found;
  };
  const readRows = rowReader(file);
  return {
    metadata,
    names: () => [...entries.keys()],
    shape: (name) => entry(name).shape,
    dtype: (name) => entry(name).dtype,
    read: (name) => readFloats(file, name, entry(name)),
    blocks: (name) => halvesOf(entry(name), readRows),
    readInts: (name) => readIntegers(file, name, entry(name)),
    readStored: (name) => ({ shape: entry(name).shape, data: readAsStored(file, name, entry(name)) }),
    close: () => file.close(),
  };
}

function readFloats(file: ReadableFile, name: string, { dtype, shape, start }: TensorEntry): Float32Array {
  const values = new Float32Array(entryCount(shape));
  switch (dtype) {
    case "F32":
      file.readAt(start, bytesOf(values));
      return values;
    case "BF16":
      file.readAt(start, bytesOf(upperHalf(values)));
      widenBfloat16InPlace(values);
      return values;
    case "F16":
      file.readAt(start, bytesOf(upperHalf(values)));
      widenFloat16InPlace(values);
      return values;
    case "F64": {
      const wide = new Float64Array(values.length);
      file.readAt(start, bytesOf(wide));
      values.set(wide);
      return values;
    }
    default:
      throw new FileError("invalid", file.path, `tensor "${name}" is ${dtype}; expected F32, F16, BF16 or F64`);
  }
}

/** A matrix of half-precision values as they are stored. */
function halvesOf({ dtype, shape, start, sizeBytes }: TensorEntry, readRows: ReturnType<typeof rowReader>): PackedRows | undefined {
  const [rows = 0] = shape;
  if ((dtype !== "BF16" && dtype !== "F16") || shape.length !== 2) return undefined;
  return { format: dtype, pieces: () => readRows(start, rows, sizeBytes / rows) };
}

function readIntegers(file: ReadableFile, name: string, { dtype, shape, start }: TensorEntry): Int32Array {
  const count = entryCount(shape);
  switch (dtype) {
    case "I32": {
      const values = new Int32Array(count);
      file.readAt(start, bytesOf(values));
      return values;
    }
    case "I64": {
      const halves = new Int32Array(count * 2);
      file.readAt(start, bytesOf(halves));
      return narrow(file, name, halves);
    }
    case "U8":
    case "BOOL": {
      const bytes = new Uint8Array(count);
      file.readAt(start, bytes);
      return Int32Array.from(bytes);
    }
    default:
      throw new FileError("invalid", file.path, `tensor "${name}" is ${dtype}; expected I32, I64, U8 or BOOL`);
  }
}

function readAsStored(file: ReadableFile, name: string, entry: TensorEntry): TensorData["data"] {
  if (entry.dtype === "I32") return readIntegers(file, name, entry);
  if (entry.dtype !== "F64") return readFloats(file, name, entry);
  const values = new Float64Array(entryCount(entry.shape));
  file.readAt(entry.start, bytesOf(values));
  return values;
}

/** @param halves the low and high 32 bits of each 64-bit integer in turn */
function narrow(file: ReadableFile, name: string, halves: Int32Array): Int32Array {
  const values = new Int32Array(halves.length / 2);
  for (let i = 0; i < values.length; i++) {
    const low = halves[2 * i] as number;
    if (halves[2 * i + 1] !== low >> 31)
      throw new FileError("invalid", file.path, `tensor "${name}" entry ${i} does not fit a 32-bit integer`);
    values[i] = low;
  }
  return values;
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function dtypeOf(data: TensorData["data"]): string {
  if (data instanceof Float32Array) return "F32";
  return data instanceof Int32Array ? "I32" : "F64";
}

function decodeUtf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FileError("invalid", path, "the header is not UTF-8; this is not a safetensors file, or it is damaged", { cause });
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
