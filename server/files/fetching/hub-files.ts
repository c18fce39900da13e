import type { HubChoice } from "@/lib/contract/hub";
import { FileError } from "@/server/files/file-error";
import { isJsonObject } from "@/server/files/json-file";
import { shardName, shardPattern, singleWeights, weightsIndex, weightsPattern } from "@/server/files/weights/weight-file-names";
import type { HubFile } from "./hub-repository";

/** What a base model needs, in the order in which it is fetched; weights come last. */
const neededFiles = [
  /^config\.json$/,
  /^generation_config\.json$/,
  /^tokenizer\.json$/,
  /^tokenizer_config\.json$/,
  /^chat_template\.jinja$/,
  /^model\.safetensors\.index\.json$/,
  weightsPattern,
];

/**
 * The files that are fetched.
 *
 * @param file a `.gguf` file, which is complete by itself; undefined for the safetensors
 * @throws FileError saying what the repository lacks
 */
export function filesOf(id: string, all: readonly HubFile[], file: string | undefined): HubFile[] {
  if (file !== undefined) return [ggufOf(id, all, file)];
  const has = (path: string): boolean => all.some((file) => file.path === path);
  if (!has("config.json")) throw new FileError("invalid", id, `has no config.json at the top: ${otherwise(all)}`);
  if (!has("tokenizer.json")) throw new FileError("invalid", id, "has no tokenizer.json, the only tokenizer format supported from the hub");
  if (!all.some(({ path }) => path === singleWeights || shardPattern.test(path)))
    throw new FileError("invalid", id, "has no weights as safetensors (model.safetensors or shards)");
  // Where both are there, the single file is the newer form.
  const isSingle = has(singleWeights);
  if (!isSingle) demandAllShards(id, all);
  const isNeeded = (path: string, form: RegExp): boolean => form.test(path) && !(isSingle && /index|-of-/.test(path));
  return neededFiles.flatMap((form) => all.filter(({ path }) => isNeeded(path, form)));
}

/** The ways in which a model can be fetched: as safetensors, then each GGUF file, smallest first. */
export function choicesOf(id: string, all: readonly HubFile[]): { choices: HubChoice[]; problem: string | null } {
  const whole = wholeOf(id, all);
  const files = all.filter(({ path }) => isWholeGguf(path)).toSorted((a, b) => a.size - b.size);
  const ggufs = files.map(({ path, size }) => ({ file: path, sizeBytes: size, files: 1 }));
  if (!Array.isArray(whole)) return { choices: ggufs, problem: ggufs.length > 0 ? null : whole.problem };
  const sizeBytes = whole.reduce((sum, { size }) => sum + size, 0);
  return { choices: [{ file: null, sizeBytes, files: whole.length }, ...ggufs], problem: null };
}

function wholeOf(id: string, all: readonly HubFile[]): HubFile[] | FileError {
  try {
    return filesOf(id, all, undefined);
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
}

/** @throws FileError naming the shards that the index places tensors in but the hub does not list */
export function demandListedShards(id: string, index: Record<string, unknown>, files: readonly HubFile[]): void {
  const map = index["weight_map"];
  if (!isJsonObject(map)) throw new FileError("invalid", id, `${weightsIndex} is missing the key "weight_map"`);
  const listed = new Set(files.map(({ path }) => path));
  const missing = [...new Set(Object.values(map))].filter((name) => typeof name !== "string" || !listed.has(name));
  if (missing.length > 0)
    throw new FileError("invalid", id, `${weightsIndex} names shards that the hub does not have: ${missing.join(", ")}`);
}

/** By their own numbering. */
function demandAllShards(id: string, all: readonly HubFile[]): void {
  const [, , of = "0"] = all.map(({ path }) => shardPattern.exec(path)).find((found) => found !== null) ?? [];
  const names = Array.from({ length: Number(of) }, (_, at) => shardName(at + 1, of));
  const missing = [weightsIndex, ...names].filter((name) => !all.some(({ path }) => path === name));
  if (missing.length > 0)
    throw new FileError("invalid", id, `has its weights in shards, of which the hub does not have ${missing.join(", ")}`);
}

function ggufOf(id: string, all: readonly HubFile[], file: string): HubFile {
  const found = all.find(({ path }) => path === file && isWholeGguf(path));
  if (found !== undefined) return found;
  const names = all.map(({ path }) => path).filter(isWholeGguf);
  const there = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
  throw new FileError("notFound", id, `has no GGUF file ${JSON.stringify(file)} that can be read; ${there}`);
}

/** Quantisations that are not read, as files are named after them. */
const unread = /[-._](?:Q[23]_K|IQ\d|TQ\d|MXFP4)/i;

/** A GGUF file of a whole model that may be read: no part of one, no projector of images, no quantisation that is not read. */
function isWholeGguf(path: string): boolean {
  return /^[\w][\w.-]*\.gguf$/i.test(path) && !/-\d{5}-of-\d{5}\.gguf$/i.test(path) && !/mmproj/i.test(path) && !unread.test(path);
}

function otherwise(all: readonly HubFile[]): string {
  if (all.some(({ path }) => path === "adapter_config.json")) return "it is an adapter, not a base model";
  if (all.some(({ path }) => isWholeGguf(path))) return "it has only GGUF files; choose one of them";
  if (all.some(({ path }) => /\.gguf$/i.test(path))) return "it has only GGUF files, split or in unsupported quantisations";
  return "it is not a transformers checkpoint";
}
