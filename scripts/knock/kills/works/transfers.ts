import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { Generated } from "@/lib/contract/generate";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { ModelSummary } from "@/lib/contract/model";
import type { JobSummary, RunSummary } from "@/lib/contract/run";
import type { BakeStarted } from "@/lib/contract/steering";
import { hashOf, hashOfTensors, jobEnded, jobsSince, type Place, type Work } from "@/scripts/knock/kills/work";
import { removeRun, runEnded, runsNamed } from "./training";

const uploadParts = 30;
const partPauseMs = 20;
export const hubModel = "knock/small";

/** Bytes that come over a slow line. */
function slowly(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const size = Math.ceil(bytes.byteLength / uploadParts);
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at >= bytes.byteLength) return controller.close();
      await sleep(partPauseMs);
      controller.enqueue(bytes.subarray(at, at + size));
      at += size;
    },
  });
}

const lines = Array.from({ length: 3000 }, (_, row) =>
  JSON.stringify({ text: `line ${row} of an upload`, domain: row % 2 === 0 ? "even" : "odd" }),
);

export const uploadWork: Work = {
  name: "upload",
  async start(place, { label, key }) {
    const path = `/api/data/upload?name=${encodeURIComponent(`${label}.jsonl`)}`;
    return ((await place.client.send("POST", path, slowly(Buffer.from(lines.join("\n"))), key)) as JobSummary).id;
  },
  find: (place, { since }) => jobsSince(place, "addDataSet", since),
  ended: jobEnded,
  async result(place, _, { label }) {
    const added = await dataSetsNamed(place, label);
    const ends = added.map(({ id }) => place.client.text(`/api/data/${id}/rows?from=2990&count=9`));
    return hashOf(JSON.stringify(added.map(({ rows, sizeBytes }) => [rows, sizeBytes])), ...(await Promise.all(ends)));
  },
  async remove(place, _, { label }) {
    for (const { id } of await dataSetsNamed(place, label)) await place.client.remove(`/api/data/${id}`);
  },
};

export async function dataSetsNamed(place: Place, label: string): Promise<DataSetSummary[]> {
  const { dataSets } = await place.client.get<{ dataSets: DataSetSummary[] }>("/api/data");
  return dataSets.filter(({ name }) => name.startsWith(label));
}

export const addModelWork: Work = {
  name: "add model",
  async start(place, { label, key }) {
    const request = { source: "folder", path: resolve("demo/model"), name: label };
    return ((await place.client.send("POST", "/api/models", request, key)) as JobSummary).id;
  },
  find: (place, { since }) => jobsSince(place, "addModel", since),
  ended: jobEnded,
  async result(place, _, { label }) {
    return hashOf(JSON.stringify((await modelsNamed(place, label)).map(({ id: _id, name, createdAt, ...rest }) => rest)));
  },
  async remove(place, _, { label }) {
    for (const { id } of await modelsNamed(place, label)) await place.client.remove(`/api/models/${id}`);
  },
};

async function modelsNamed(place: Place, label: string): Promise<ModelSummary[]> {
  const { models } = await place.client.get<{ models: ModelSummary[] }>("/api/models");
  return models.filter(({ name }) => name === label);
}

export const importRunWork: Work = {
  name: "import run",
  async start(place, { label, key }) {
    const settings = encodeURIComponent(JSON.stringify({ modelId: place.model, name: label }));
    const path = `/api/runs/import/upload?name=adapter.tar&settings=${settings}`;
    return ((await place.client.send("POST", path, slowly(place.adapter), key)) as RunSummary).id;
  },
  find: (place, { label }) => runsNamed(place, label),
  ended: runEnded,
  result: async (place, id) => hashOfTensors(join(place.home, "runs", id, "adapter")),
  remove: removeRun,
};

export const importDictionaryWork: Work = {
  name: "import dictionary",
  async start(place, { label, key }) {
    const path = `/api/dictionaries/upload?name=${encodeURIComponent(`${label}.tar.gz`)}`;
    return ((await place.client.send("POST", path, slowly(place.dictionary), key)) as JobSummary).id;
  },
  find: (place, { since }) => jobsSince(place, "importDictionary", since),
  ended: jobEnded,
  async result(place, _, { since }) {
    const tables = (await dictionariesSince(place, since)).map(({ id }) => place.client.text(`/api/collections/${id}/latents?format=csv`));
    return hashOf(...(await Promise.all(tables)));
  },
  async remove(place, _, { since }) {
    for (const { id } of await dictionariesSince(place, since)) await place.client.remove(`/api/collections/${id}`);
  },
};

async function dictionariesSince(place: Place, since: Date): Promise<CollectionSummary[]> {
  const { collections } = await place.client.get<{ collections: CollectionSummary[] }>("/api/dictionaries");
  return collections.filter(({ createdAt }) => new Date(createdAt) >= since);
}

export const fetchWork: Work = {
  name: "fetch",
  async start(place, { key }) {
    return ((await place.client.send("POST", "/api/models", { source: "hub", id: hubModel }, key)) as JobSummary).id;
  },
  find: (place, { since }) => jobsSince(place, "fetchModel", since),
  ended: jobEnded,
  async result(place) {
    const found = await fetchedModels(place);
    return hashOf(
      JSON.stringify(found.map(({ revision, parameters }) => [revision, parameters])),
      ...found.map(({ path }) => hashOfTensors(path)),
    );
  },
  async remove(place) {
    for (const { id } of await fetchedModels(place)) await place.client.remove(`/api/models/${id}`);
  },
};

async function fetchedModels(place: Place): Promise<ModelSummary[]> {
  const { models } = await place.client.get<{ models: ModelSummary[] }>("/api/models");
  return models.filter(({ revision }) => revision.startsWith(`${hubModel}@`));
}

/** The id is the task's; the derived run has the label for its name. */
export const bakeWork: Work = {
  name: "bake",
  async start(place, { label, key }) {
    const edits = [{ operation: "scale", latent: place.latents[0], value: 2 }];
    return ((await place.client.send("POST", `/api/runs/${place.run}/bake`, { name: label, edits }, key)) as BakeStarted).task.id;
  },
  find: (place, { since }) => jobsSince(place, "bake", since),
  ended: jobEnded,
  async result(place, _, { label }) {
    const runs = await runsNamed(place, label);
    return hashOf(...runs.map((id) => hashOfTensors(join(place.home, "runs", id, "adapter"))));
  },
  async remove(place, _, { label }) {
    for (const id of await runsNamed(place, label)) await removeRun(place, id);
  },
};

/** The history is emptied before, so that what stands there afterwards is this one's. */
export const generationWork: Work = {
  name: "generation",
  async start(place) {
    await place.client.send("DELETE", `/api/runs/${place.run}/generations`);
    const edits = [{ operation: "scale", latent: place.latents[0], value: 4 }];
    const request = { prompt: "The function returns", edits, sampling: { maxTokens: 48 }, isKept: true, stream: false };
    const { arms } = (await place.client.send("POST", `/api/runs/${place.run}/generate`, request)) as Generated;
    return hashOf(JSON.stringify(arms.map(({ arm, tokens }) => [arm, tokens.map(({ id }) => id)])));
  },
  /** A lost response is requested again; nothing continues without its reader. */
  find: async () => [],
  ended: async () => "finished",
  result: async (_, id) => id,
  async faults(place) {
    const { total } = await place.client.get<{ total: number }>(`/api/runs/${place.run}/generations`);
    return total === 1 ? [] : [`${total} generations are in the history, and 1 was acknowledged`];
  },
  remove: async () => {},
};
