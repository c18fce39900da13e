import { readdirSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync, brotliDecompress, constants } from "node:zlib";
import { writeFileAtomically } from "./atomic-write";
import { asFileError, FileError } from "./file-error";
import { readJsonFile } from "./json-file";

const decompress = promisify(brotliDecompress);

/** The sample as files: its description, the latent that the first page shows, the adapter in PEFT layout, and rows of tables. */
export type SampleFiles = {
  readonly manifest: unknown;
  readonly latent: unknown;
  /** By the table's name. */
  readonly tables: Readonly<Record<string, Uint8Array>>;
};

const manifestName = "sample.json";
const latentName = "latent.json";

/** Replaces the sample that the folder holds. @param adapter the folder that its adapter is copied from */
export function writeSample(folder: string, { manifest, latent, tables }: SampleFiles, adapter: string): void {
  for (const old of ["tables", "adapter"]) rmSync(join(folder, old), { recursive: true, force: true });
  writeFileAtomically(join(folder, manifestName), [`${JSON.stringify(manifest, null, 1)}\n`]);
  writeFileAtomically(join(folder, latentName), [`${JSON.stringify(latent, null, 1)}\n`]);
  for (const [name, rows] of Object.entries(tables)) writeFileAtomically(tablePath(folder, name), [compress(rows)]);
  copyFiles(adapter, sampleAdapter(folder));
}

/** @throws FileError when it is not there */
export function readSampleManifest(folder: string): unknown {
  return readJsonFile(join(folder, manifestName));
}

/** @throws FileError when it is not there */
export function readSampleLatent(folder: string): unknown {
  return readJsonFile(join(folder, latentName));
}

/** @throws FileError when the file is not there or is damaged */
export async function readSampleTable(folder: string, name: string): Promise<Buffer> {
  const path = tablePath(folder, name);
  const compressed = await readFile(path).catch((error: unknown) => {
    throw asFileError(path, error);
  });
  return decompress(compressed).catch((cause: unknown) => {
    throw new FileError("invalid", path, "is damaged: restore it from the repository", { cause });
  });
}

export function sampleAdapter(folder: string): string {
  return join(folder, "adapter");
}

/** Copies a folder's files into another, each synced. */
export function copyFiles(from: string, to: string): void {
  for (const name of readdirSync(from)) writeFileAtomically(join(to, name), [readFileSync(join(from, name))]);
}

function tablePath(folder: string, name: string): string {
  return join(folder, "tables", `${name}.br`);
}

function compress(rows: Uint8Array): Uint8Array {
  return brotliCompressSync(rows, {
    params: {
      // Higher ones take ten times as long for a tenth less.
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: rows.byteLength,
    },
  });
}
