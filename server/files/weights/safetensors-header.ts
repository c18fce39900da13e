import { FileError } from "@/server/files/file-error";
import { duplicateKey } from "@/server/files/json-keys";
import { entryCount } from "./weight-source";

/** One tensor of a safetensors file. */
export type TensorEntry = {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Position of the first byte in the file. */
  readonly start: number;
  readonly sizeBytes: number;
};

export type SafetensorsHeader = {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
};

/** The format's own limit. */
export const largestHeader = 100_000_000;

/** Bytes of one value, for all types of the format. */
export const dtypeBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

/**
 * Parses the JSON header of a safetensors file and checks all that it says against the file's size.
 *
 * @param dataStart position of the first byte after the header
 * @param fileBytes size of the whole file
 * @throws FileError naming the file and the key that lies
 */
export function parseSafetensorsHeader(path: string, json: string, dataStart: number, fileBytes: number): SafetensorsHeader {
  const header = parseObject(path, json);
  const repeated = duplicateKey(json);
  if (repeated !== undefined) throw new FileError("invalid", path, `the header holds the key ${quote(repeated)} twice`);

  const entries = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(header)) {
    if (key === "__metadata__") metadata = parseMetadata(path, value);
    else entries.set(key, parseEntry(path, key, value, dataStart));
  }
  checkCoverage(path, entries, dataStart, fileBytes);
  return { entries, metadata };
}

function parseObject(path: string, json: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new FileError("invalid", path, "the header is not valid JSON; this is not a safetensors file, or it is damaged", { cause });
  }
  if (!isObject(parsed)) throw new FileError("invalid", path, "the header is not a JSON object");
  return parsed;
}

function parseMetadata(path: string, value: unknown): Record<string, string> {
  if (!isObject(value)) throw new FileError("invalid", path, "__metadata__ is not an object");
  const metadata: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw new FileError("invalid", path, `__metadata__ key ${quote(key)} is not a string`);
    metadata[key] = text;
  }
  return metadata;
}

function parseEntry(path: string, key: string, value: unknown, dataStart: number): TensorEntry {
  const refuse = (problem: string): FileError => new FileError("invalid", path, `tensor ${quote(key)} ${problem}`);
  if (!isObject(value)) throw refuse("is not described by an object");
  const dtype = value["dtype"];
  const bytes = typeof dtype === "string" && Object.hasOwn(dtypeBytes, dtype) ? dtypeBytes[dtype] : undefined;
  if (typeof dtype !== "string" || bytes === undefined) throw refuse(`has the unknown dtype ${shown(dtype)}`);

  const shape = value["shape"];
  if (!isSizes(shape)) throw refuse(`has an invalid shape ${shown(shape)}`);
  const offsets = value["data_offsets"];
  if (!isSizes(offsets) || offsets.length !== 2) throw refuse(`has invalid data_offsets ${shown(offsets)}`);
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw refuse(`ends (${end}) before it begins (${begin})`);

  const wanted = entryCount(shape) * bytes;
  if (wanted !== end - begin) throw refuse(`spans ${end - begin} bytes, but shape [${shape.join(", ")}] of ${dtype} needs ${wanted}`);
  return { dtype, shape, start: dataStart + begin, sizeBytes: wanted };
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "(there is none)").slice(0, 200);
}

/** Tensors must lie end to end and fill the file: no overlap, no gap, nothing missing, nothing left over. */
function checkCoverage(path: string, entries: ReadonlyMap<string, TensorEntry>, dataStart: number, fileBytes: number): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.sizeBytes - b.sizeBytes);
  let position = dataStart;
  for (const [key, { start, sizeBytes }] of inOrder) {
    if (start !== position) {
      const fault = start < position ? "overlaps the tensor before it" : "leaves a gap after the tensor before it";
      throw new FileError(
        "invalid",
        path,
        `tensor ${quote(key)} ${fault} (begins at byte ${start - dataStart} of the data, expected ${position - dataStart})`,
      );
    }
    position = start + sizeBytes;
    if (position > fileBytes) {
      throw new FileError(
        "invalid",
        path,
        `tensor ${quote(key)} ends ${position - fileBytes} bytes beyond the end of the file; the file is truncated, download it again`,
      );
    }
  }
  if (position !== fileBytes)
    throw new FileError("invalid", path, `${fileBytes - position} bytes after the last tensor belong to no tensor`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function quote(key: string): string {
  return JSON.stringify(key.length > 200 ? `${key.slice(0, 200)}…` : key);
}
