import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { importRunSettings } from "@/lib/contract/import-run";
import { readJob } from "@/server/db/work/jobs";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeSafetensors } from "@/server/files/weights/safetensors";
import { type ArchiveFile, writeTar, writeTarGz } from "@/server/interop/archives/write-tar";
import { addDataSet } from "@/server/jobs/add-data-set";
import { addModel } from "@/server/jobs/add-model";
import { importDictionary } from "@/server/jobs/import-dictionary";
import { removeUpload } from "@/server/jobs/remove-upload";
import { describeModel } from "@/server/runtime/models/describe-model";
import { openContext, type ServiceContext } from "@/server/services/context";
import { uploadDictionary } from "@/server/services/interop/upload-dictionary";
import { uploadDataSet } from "@/server/services/library/upload-data-set";
import { uploadModel } from "@/server/services/library/upload-model";
import { importUpload } from "@/server/services/runs/import-upload";
import { jobAtWork } from "@/tests/support/job-at-work";
import type { Files } from "./files";
import { mutateFile, mutateFiles } from "./mutate-file";
import { type Mutation, pick } from "./mutation";
import { type Outcome, outcomeOf } from "./outcome";
import { readerNamed } from "./readers";
import { filesIn, stateReader } from "./state";

/** The base of the adapters. */
const basePath = "tests/golden/models/llama-odd";

/** What a person uploads: some files, packed into one. */
type Upload = {
  readonly kind: "model" | "data" | "dictionary" | "run";
  readonly name: string;
  readonly files: Files;
};

/** Takes uploads in and does the job that each of them queues, as a worker does. What fails may leave no row but the task's and no file. */
export async function openJobs(home: string): Promise<(mutations: readonly Mutation[], index: number) => Promise<Outcome>> {
  const dataFolder = mkdtempSync(join(home, "jobs-"));
  const context = openContext({ ...process.env, STANSCOPE_HOME: dataFolder });
  const modelId = await addModel(jobAtWork(context.store, { taskId: "base", dataFolder }), { path: basePath, name: null, isOwned: false });
  const uploads = await validUploads(home);
  const state = await stateReader(context, ["tasks"]);

  const takeIn = async (upload: Upload, mutateArchive: readonly Mutation[] = []): Promise<Outcome> => {
    const before = await state();
    const underway = new Set(unfinishedIn(context.dataFolder));
    const packed = await pack(upload);
    const outcome = await outcomeIn(
      { context, modelId },
      upload,
      mutateArchive.reduce((bytes, one) => mutateFile(upload.name, bytes, one), packed),
    );
    const after = await state();
    const unfinished = unfinishedIn(context.dataFolder).filter((name) => !underway.has(name));
    const what = `${upload.kind} ${upload.name}: ${"message" in outcome ? outcome.message : "taken in"}`;
    if (unfinished.length > 0) return { kind: "fault", message: `${what}; left ${unfinished.join(", ")}` };
    if (outcome.kind === "refused" && after !== before) return { kind: "fault", message: `${what}; ${before} became ${after}` };
    return outcome.kind === "read" ? outcome : { ...outcome, message: what };
  };

  for (const upload of uploads) {
    const outcome = await takeIn(upload);
    if (outcome.kind !== "read") throw new Error(`the valid upload is not taken in: ${outcome.message}`);
  }
  return (mutations, index) => {
    const upload = pick(uploads, index);
    const isOutside = (mutations[0]?.size ?? 0) % 3 === 0;
    return isOutside ? takeIn(upload, mutations) : takeIn({ ...upload, files: mutations.reduce(mutateFiles, upload.files) });
  };
}

/** What is there only while something is read: uploads of dictionaries and runs, and files under temporary names. */
function unfinishedIn(dataFolder: string): string[] {
  return filesIn(dataFolder).filter((name) => /^(?:imports|dictionaries)\/|(?:^|\/)\./.test(name));
}

type Place = { readonly context: ServiceContext; readonly modelId: string };

async function outcomeIn(place: Place, upload: Upload, bytes: Buffer): Promise<Outcome> {
  try {
    const taskId = await send(place, upload, bytes);
    if (taskId !== undefined) await perform(place.context, taskId);
    return { kind: "read" };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** @returns the task that a worker is to do; a run is imported at once */
async function send({ context, modelId }: Place, { kind, name }: Upload, bytes: Buffer): Promise<string | undefined> {
  async function* body() {
    yield bytes;
  }
  switch (kind) {
    case "model":
      return (await uploadModel(context, name, body())).id;
    case "data":
      return (await uploadDataSet(context, name, body())).id;
    case "dictionary":
      return (await uploadDictionary(context, name, body())).id;
    case "run":
      await importUpload(context, name, importRunSettings.parse({ modelId }), body());
      return undefined;
  }
}

async function perform({ store, dataFolder }: ServiceContext, taskId: string): Promise<void> {
  const input = (await readJob(store.db, taskId))?.input;
  const run = jobAtWork(store, { taskId, dataFolder });
  try {
    if (input?.kind === "addModel") await addModel(run, input);
    else if (input?.kind === "addDataSet") await addDataSet(run, input);
    else if (input?.kind === "importDictionary") await importDictionary(run, input);
    else throw new Error(`an upload queued ${input?.kind}`);
  } catch (error) {
    if (input !== undefined) removeUpload(dataFolder, input);
    throw error;
  }
}

async function pack({ name, files }: Upload): Promise<Buffer> {
  const [only] = Object.values(files);
  if (!/\.(?:tar|tar\.gz)$/.test(name)) return only ?? Buffer.alloc(0);
  return buffer(name.endsWith(".tar") ? writeTar(listed(files)) : writeTarGz(listed(files)));
}

async function* listed(files: Files): AsyncGenerator<ArchiveFile> {
  for (const [name, bytes] of Object.entries(files)) yield { name, bytes };
}

async function validUploads(home: string): Promise<Upload[]> {
  const folder = mkdtempSync(join(home, "uploads-"));
  const corpus = async (name: string) => readerNamed(name).corpus(mkdtempSync(join(folder, "corpus-")));
  const [tokenizer = {}] = await corpus("tokenizer.json");
  const trees = (await corpus("Neuronpedia export")).filter((files) => Object.keys(files).length > 1);
  const adapter = adapterFiles(folder);
  const [trainer = {}] = await corpus("trainer state");
  const ggufs = await Promise.all(["GGUF", "quantised GGUF"].map(corpus));
  const folders = await Promise.all(["model folder", "sharded model"].map(corpus));
  const data = await Promise.all(["JSONL", "JSON", "CSV", "TSV", "passages", "Parquet"].map(corpus));
  return [
    ...ggufs.flat().map((files) => ({ kind: "model", name: "a.gguf", files }) as const),
    ...folders.flat().map((files) => ({ kind: "model", name: "a.tar", files: { ...files, ...tokenizer } }) as const),
    ...data.flat().map((files) => ({ kind: "data", name: Object.keys(files)[0] ?? "", files }) as const),
    ...trees.flatMap((files) => ["a.tar", "a.tar.gz"].map((name) => ({ kind: "dictionary", name, files }) as const)),
    ...["a.tar", "a.tar.gz"].map((name) => ({ kind: "run", name, files: { ...adapter, ...trainer } }) as const),
  ];
}

/** An adapter of the base model, as its trainer lays it down. */
function adapterFiles(folder: string): Files {
  const projection = describeModel(basePath).projections.find(({ name }) => name === "q_proj");
  if (projection === undefined) throw new Error(`${basePath} has no q_proj`);
  const { name, dIn, dOut } = projection;
  const module = `base_model.model.model.layers.0.self_attn.${name}`;
  writeSafetensors(join(folder, "adapter_model.safetensors"), {
    [`${module}.lora_A.weight`]: { shape: [2, dIn], data: new Float32Array(2 * dIn) },
    [`${module}.lora_B.weight`]: { shape: [dOut, 2], data: new Float32Array(dOut * 2) },
  });
  const config = toAdapterConfigFile(
    { method: "lora", rank: 2, alpha: 8, targets: { modules: [name], layers: [0] } },
    { baseModel: "tiny", revision: null, fanInFanOut: false },
  );
  return {
    "adapter_model.safetensors": readFileSync(join(folder, "adapter_model.safetensors")),
    "adapter_config.json": Buffer.from(JSON.stringify(config)),
  };
}
