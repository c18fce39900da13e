import { collectionSettings } from "@/lib/contract/run-config";
import { type NewLabel, removeLabels, saveLabels } from "@/server/db/labels/labels";
import { createDictionary, readCollection, setCollectionProgress } from "@/server/db/latents/collections";
import { beginLoad, copyContexts, copyExamples, copyLatents, dropCollection, finishCollection } from "@/server/db/latents/load-collection";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { JobInput } from "@/server/db/work/job-input";
import { artefactStore } from "@/server/files/artefact-store";
import { type ImportedDictionary, importNeuronpedia } from "@/server/interop/neuronpedia/import-neuronpedia";
import type { JobAtWork } from "./job-at-work";
import { removeUpload } from "./remove-upload";

const labelsAtOnce = 1000;

type Input = Extract<JobInput, { kind: "importDictionary" }>;

/**
 * Reads another tool's dictionary into a collection of its own, which has the job's id. Nothing is left of one that is not read to its end.
 *
 * @throws FileError naming file and line at fault
 */
export async function importDictionary(job: JobAtWork, input: Input): Promise<void> {
  const { store, dataFolder } = job.context;
  // A worker may have died after it was finished and before the job was: then it is not touched, nor labels that were given since.
  const before = await retryWhileDown(() => readCollection(store.db, job.taskId));
  if (before?.status !== "finished") await importAll(job, input.path, input.name);
  removeUpload(dataFolder, input);
}

async function importAll(job: JobAtWork, path: string, name: string | null): Promise<void> {
  const { context, taskId, report } = job;
  const { dataFolder, now } = context;
  const startedAt = now();
  // By the job's id: what an earlier attempt left is removed, and a sweep knows whose it is.
  const artefacts = artefactStore(dataFolder);
  const folder = `imports/${taskId}`;
  artefacts.delete(folder);
  report({ message: "Scanning the export", unit: "bytes", done: 0 });
  try {
    const dictionary = await importNeuronpedia(path, artefacts.path(folder), (done, total) => report({ done, total }));
    await load(job, dictionary, { name, startedAt });
  } finally {
    artefacts.delete(folder);
  }
}

/** Closes the dictionary, whatever comes of it. */
async function load(
  job: JobAtWork,
  dictionary: ImportedDictionary,
  { name, startedAt }: { name: string | null; startedAt: number },
): Promise<void> {
  const { context, taskId, report } = job;
  const { store, now } = context;
  try {
    await job.confirm();
    // A job that is repeated after its worker died starts over.
    await retryWhileDown(() => dropCollection(store, taskId));
    const origin = { kind: "neuronpedia", modelId: dictionary.modelId, sourceId: dictionary.sourceId } as const;
    const settings = collectionSettings.parse({});
    const title = name ?? `${dictionary.modelId} ${dictionary.sourceId}`;
    await createDictionary(store.db, { id: taskId, name: title, origin, settings });
    await copy(job, dictionary);
    await copyLabels(job, dictionary);
    await job.confirm();
    await finishCollection(store, { id: taskId, runId: null }, { ...dictionary.result(), seconds: (now() - startedAt) / 1000 });
    const missing = dictionary.missing();
    const tokens = dictionary.isTokenCountKnown ? "" : "; the export does not state its number of tokens, so counts are given per million";
    report({ message: `${title} is imported${missing === 0 ? "" : `; ${missing} latents are not in the export`}${tokens}` });
  } catch (error) {
    await job.confirm();
    await retryWhileDown(() => dropCollection(store, taskId));
    await retryWhileDown(() => removeLabels(store.db, taskId));
    throw error;
  } finally {
    dictionary.close();
  }
}

async function copy({ context, taskId, signal, report, confirm }: JobAtWork, { modules }: ImportedDictionary): Promise<void> {
  const { store } = context;
  await beginLoad(store, taskId);
  for (const module of modules) {
    report({ message: `Reading ${module.name}` });
    await confirm();
    const stage = `Reading ${module.name}, ${module.place + 1} of ${modules.length}`;
    await setCollectionProgress(store.db, { id: taskId, runId: null }, { stage });
    await copyContexts(store, taskId, untilAborted(module.contexts(), signal));
    await copyLatents(store, taskId, await module.latents());
    await copyExamples(store, taskId, module.examples());
    signal.throwIfAborted();
  }
}

/** The dictionary's explanations, as labels of its own. */
async function copyLabels({ context, taskId, signal, report }: JobAtWork, { modules }: ImportedDictionary): Promise<void> {
  report({ message: "Reading explanations" });
  const { db } = context.store;
  await removeLabels(db, taskId);
  for (const module of modules) {
    let some: NewLabel[] = [];
    for await (const label of untilAborted(module.labels(), signal)) {
      some.push(label);
      if (some.length < labelsAtOnce) continue;
      await saveLabels(db, taskId, some);
      some = [];
    }
    await saveLabels(db, taskId, some);
  }
}

async function* untilAborted<Value>(values: AsyncIterable<Value>, signal: AbortSignal): AsyncGenerator<Value, void> {
  for await (const value of values) {
    signal.throwIfAborted();
    yield value;
  }
}
