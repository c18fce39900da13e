import type { PackedRows } from "@/lib/numbers/blocks/packed-rows";
import { FileError } from "@/server/files/file-error";
import { openReadable, type ReadableFile } from "@/server/files/readable-file";
import { GgufCursor, type GgufValue } from "./gguf-cursor";
import { type GgufTensorType, ggufTensorTypes, otherTensorTypes } from "./gguf-dequantise";
import { rowReader } from "./row-pieces";
import { entryCount, type WeightSource } from "./weight-source";

/** A GGUF file as it is: its own tensor names and row order, shapes outermost dimension first. */
export type GgufFile = WeightSource & {
  readonly path: string;
  readonly sizeBytes: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
};

type GgufTensor = { readonly type: GgufTensorType; readonly shape: readonly number[]; readonly start: number; readonly sizeBytes: number };

const mostDimensions = 4;
/** Blocks are dequantised in pieces of about this many bytes. */
const pieceBytes = 1 << 22;

/**
 * Opens a GGUF file (versions 2 and 3, little-endian) and checks its header whole; tensors are dequantised on demand.
 *
 * @throws FileError naming the file, and the key or tensor where one is at fault
 */
export function openGguf(path: string): GgufFile {
  const file = openReadable(path);
  try {
    const { metadata, tensors } = readHeader(file);
    return ggufFile(file, metadata, tensors);
  } catch (error) {
    file.close();
    throw error;
  }
}

function ggufFile(file: ReadableFile, metadata: ReadonlyMap<string, GgufValue>, tensors: ReadonlyMap<string, GgufTensor>): GgufFile {
  const tensor = (name: string): GgufTensor => {
    const found = tensors.get(name);
    if (found === undefined) throw new FileError("invalid", file.path, `has no tensor "${name}"`);
    return found;
  };
  const readRows = rowReader(file);
  return {
    path: file.path,
    sizeBytes: file.sizeBytes,
    metadata,
    names: () => [...tensors.keys()],
    shape: (name) => tensor(name).shape,
    dtype: (name) => tensor(name).type.name,
    read: (name) => readValues(file, tensor(name)),
    blocks: (name) => blocksOf(tensor(name), readRows),
    close: () => file.close(),
  };
}

function blocksOf(
  { type: { packed }, shape, start, sizeBytes }: GgufTensor,
  readRows: ReturnType<typeof rowReader>,
): PackedRows | undefined {
  const [rows = 0] = shape;
  if (packed === undefined || shape.length !== 2) return undefined;
  return { format: packed, pieces: () => readRows(start, rows, sizeBytes / rows) };
}

function readValues(file: ReadableFile, { type, shape, start }: GgufTensor): Float32Array {
  const values = new Float32Array(entryCount(shape));
  const pieceBlocks = Math.floor(pieceBytes / type.blockBytes);
  const blocks = Buffer.allocUnsafe(Math.min(pieceBlocks, values.length / type.blockValues) * type.blockBytes);
  for (let from = 0; from < values.length; from += pieceBlocks * type.blockValues) {
    const piece = values.subarray(from, from + pieceBlocks * type.blockValues);
    const bytes = blocks.subarray(0, (piece.length / type.blockValues) * type.blockBytes);
    file.readAt(start + (from / type.blockValues) * type.blockBytes, bytes);
    type.dequantise(bytes, piece);
  }
  return values;
}

function readHeader(file: ReadableFile): { metadata: Map<string, GgufValue>; tensors: Map<string, GgufTensor> } {
  const cursor = new GgufCursor(file);
  if (file.sizeBytes < 24 || cursor.uint32() !== magic)
    throw new FileError("invalid", file.path, "does not start with GGUF; this is not a GGUF file");
  const version = cursor.uint32();
  if (version !== 2 && version !== 3)
    throw new FileError("invalid", file.path, `is GGUF version ${version} or big-endian; supported: little-endian versions 2 and 3`);
  const tensorCount = cursor.count("the number of tensors");
  const keyCount = cursor.count("the number of keys");

  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = cursor.string("a key");
    if (metadata.has(key)) throw cursor.refuse(`the key "${key}" occurs twice`);
    metadata.set(key, cursor.value(cursor.uint32(), key));
  }
  const described = new Map<string, Omit<GgufTensor, "start"> & { offset: number }>();
  for (let i = 0; i < tensorCount; i++) {
    const name = cursor.string("a tensor's name");
    if (described.has(name)) throw cursor.refuse(`the tensor "${name}" occurs twice`);
    described.set(name, readDescription(cursor, file.path, name));
  }
  return { metadata, tensors: place(file, described, metadata, cursor.position) };
}

/** "GGUF" as a little-endian number. */
const magic = 0x46554747;

function readDescription(cursor: GgufCursor, path: string, name: string): Omit<GgufTensor, "start"> & { offset: number } {
  const dimensions = cursor.uint32();
  if (dimensions > mostDimensions) throw cursor.refuse(`tensor "${name}" has ${dimensions} dimensions, more than ${mostDimensions}`);
  // Innermost first in the file.
  const shape = Array.from({ length: dimensions }, () => cursor.count(`a dimension of "${name}"`)).reverse();
  const typeNumber = cursor.uint32();
  const offset = cursor.count(`the offset of "${name}"`);
  const type = ggufTensorTypes.get(typeNumber);
  if (type === undefined) {
    const readable = [...ggufTensorTypes.values()].map((known) => known.name).join(", ");
    const named = otherTensorTypes[typeNumber] ?? `number ${typeNumber}`;
    throw new FileError("invalid", path, `tensor "${name}" is of type ${named}, which is not supported; use a file with ${readable}`);
  }
  const rowLength = shape.at(-1) ?? 1;
  const entries = entryCount(shape);
  if (rowLength % type.blockValues !== 0 || !Number.isSafeInteger(entries)) {
    throw cursor.refuse(`tensor "${name}" of shape [${shape.join(", ")}] cannot be ${type.name}`);
  }
  return { type, shape, offset, sizeBytes: (entries / type.blockValues) * type.blockBytes };
}

/** Gives each tensor its place, and checks that they lie in the file, aligned, none over another. */
function place(
  file: ReadableFile,
  described: ReadonlyMap<string, Omit<GgufTensor, "start"> & { offset: number }>,
  metadata: ReadonlyMap<string, GgufValue>,
  headerEnd: number,
): Map<string, GgufTensor> {
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || !Number.isInteger(Math.log2(alignment)) || alignment < 1) {
    throw new FileError("invalid", file.path, `general.alignment is ${JSON.stringify(alignment)}; expected a power of two`);
  }
  const dataStart = Math.ceil(headerEnd / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const [name, { offset, ...tensor }] of described) {
    const start = dataStart + offset;
    if (offset % alignment !== 0)
      throw new FileError("invalid", file.path, `tensor "${name}" starts at ${offset}, which is not a multiple of ${alignment}`);
    if (start + tensor.sizeBytes > file.sizeBytes) {
      const missing = start + tensor.sizeBytes - file.sizeBytes;
      throw new FileError(
        "invalid",
        file.path,
        `tensor "${name}" ends ${missing} bytes beyond the end of the file; the file is truncated, download it again`,
      );
    }
    tensors.set(name, { ...tensor, start });
  }
  let end = dataStart;
  for (const [name, { start, sizeBytes }] of [...tensors].sort(([, a], [, b]) => a.start - b.start)) {
    if (start < end) throw new FileError("invalid", file.path, `tensor "${name}" overlaps the tensor before it`);
    end = start + sizeBytes;
  }
  return tensors;
}
