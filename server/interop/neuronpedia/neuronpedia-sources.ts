import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { asFileError, FileError } from "@/server/files/file-error";
import { readJsonLines } from "@/server/interop/archives/json-lines";
import { featureRecord, parseRecord, sourceRecord } from "./neuronpedia-schemas";

type BatchFile = { path: string; sizeBytes: number };

/** A folder with a source's batches: the latents of one place in a model. */
export type NeuronpediaSource = {
  folder: string;
  id: string;
  modelId: string;
  layer: number;
  /** The id without its layer. */
  projection: string;
  /** Over which densities were taken; null where the export does not say. */
  tokens: number | null;
  features: BatchFile[];
  activations: BatchFile[];
  explanations: BatchFile[];
  sizeBytes: number;
};

/** `{modelId}/{sourceId}/features` below the folder that was given, or that folder's parent. */
const deepest = 4;
const batchName = /^batch-(\d+)\.jsonl(\.gz)?$/;

/** All sources below a folder, by layer. @throws FileError where there is none */
export async function findSources(tree: string): Promise<NeuronpediaSource[]> {
  const folders: string[] = [];
  collect(tree, 0, folders);
  if (folders.length === 0) {
    throw new FileError("invalid", tree, "contains no Neuronpedia export: expected a folder with features/batch-0.jsonl.gz");
  }
  const sources: NeuronpediaSource[] = [];
  for (const folder of folders) sources.push(await readSource(folder));
  sources.sort((a, b) => a.layer - b.layer || (a.id < b.id ? -1 : 1));
  const twice = sources.find(({ id }, at) => at > 0 && sources[at - 1]?.id === id);
  if (twice !== undefined) throw new FileError("invalid", twice.folder, `is the second source "${twice.id}"; import one at a time`);
  return sources;
}

/** Links are passed over, so a tree cannot lead out of itself. */
function collect(folder: string, depth: number, found: string[]): void {
  const entries = list(folder);
  if (entries.some((entry) => entry.isDirectory() && entry.name === "features")) {
    found.push(folder);
    return;
  }
  if (depth === deepest) return;
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith(".")) collect(join(folder, entry.name), depth + 1, found);
  }
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw asFileError(folder, error);
  }
}

async function readSource(folder: string): Promise<NeuronpediaSource> {
  const features = batches(join(folder, "features"));
  const [first] = features;
  if (first === undefined) throw new FileError("invalid", join(folder, "features"), "contains no batch-N.jsonl or batch-N.jsonl.gz");
  const activations = batches(join(folder, "activations"));
  const explanations = batches(join(folder, "explanations"));
  const named = (await namedSource(folder)) ?? (await sourceOfFeature(first.path));
  const id = named?.id ?? basename(folder);
  const layer = /^\d+/.exec(id)?.[0];
  return {
    folder,
    id,
    modelId: named?.modelId ?? basename(join(folder, "..")),
    layer: layer === undefined ? 0 : Number(layer),
    projection: id.replace(/^\d+-/, ""),
    tokens: named?.tokens ?? null,
    features,
    activations,
    explanations,
    sizeBytes: [...features, ...activations].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

function batches(folder: string): BatchFile[] {
  const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isThere) return [];
  return list(folder)
    .flatMap((entry) => {
      const number = entry.isFile() ? batchName.exec(entry.name)?.[1] : undefined;
      return number === undefined ? [] : [{ number: Number(number), path: join(folder, entry.name) }];
    })
    .sort((a, b) => a.number - b.number)
    .map(({ path }) => ({ path, sizeBytes: statSync(path).size }));
}

type Named = { id: string; modelId: string; tokens: number | null };

async function namedSource(folder: string): Promise<Named | undefined> {
  for (const name of ["source.jsonl", "source.jsonl.gz"]) {
    const path = join(folder, name);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) continue;
    for await (const { value, lineNumber } of readJsonLines(path)) {
      const { id, modelId, num_prompts, num_tokens_in_prompt, notes } = parseRecord(sourceRecord, value, { path, lineNumber });
      const counted = /^(\d{1,15}) counted tokens$/.exec(notes ?? "")?.[1];
      const product = (num_prompts ?? 0) * (num_tokens_in_prompt ?? 0);
      return { id, modelId, tokens: counted !== undefined ? Number(counted) : product > 0 ? product : null };
    }
  }
  return undefined;
}

async function sourceOfFeature(path: string): Promise<Named | undefined> {
  for await (const { value, lineNumber } of readJsonLines(path)) {
    const { layer, modelId } = parseRecord(featureRecord, value, { path, lineNumber });
    return { id: layer, modelId, tokens: null };
  }
  return undefined;
}
