import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { LatentPage, LatentRow } from "@/lib/contract/latent";
import type { ModelSummary } from "@/lib/contract/model";
import type { JobSummary, RunSummary } from "@/lib/contract/run";
import type { Application } from "@/scripts/knock/application";
import { Client } from "@/scripts/knock/client";
import { Patience } from "@/scripts/knock/patience";
import { shapes } from "@/scripts/random-model/shapes";
import { writeGgufModel } from "@/scripts/random-model/write-gguf-model";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { askedNow, jobEnded, type Place } from "./work";
import { collectionWork } from "./works/measurements";
import { runEnded, textRows } from "./works/training";
import { dataSetsNamed } from "./works/transfers";

/** Enough that a collection has several shards, of which each is a file. */
const rowCount = 240;
const beginnings = ["The function returns", "In the beginning", "A patient with fever", "const x =", "Two plus three is"];

/** Adds three small models and a few rows to an empty application, trains a run and collects it: what every piece of work needs. */
export async function makePlace(application: Application, files: string): Promise<Place> {
  const client = new Client(() => application.url);
  mkdirSync(files, { recursive: true });
  const model = await addModel(client, resolve("demo/model"));
  const packedModel = await addModel(client, writePackedModel(join(files, "packed.gguf")));
  const encoder = await addModel(client, resolve("tests/golden/tiny/bert"));
  const dataSet = await addRows(client, join(files, "knock.jsonl"));
  const start: Place = {
    client,
    home: application.home,
    model,
    packedModel,
    encoder,
    dataSet,
    tokenRows: writeTokenRows(join(files, "rows.safetensors")),
    run: "",
    collection: "",
    latents: [],
    dictionary: new Uint8Array(),
    adapter: new Uint8Array(),
  };
  const run = await train(start);
  const collection = await collectionWork.start({ ...start, run }, askedNow("subject"));
  await until("the subject's collection", () => collectionWork.ended(start, collection));
  const { rows } = await client.get<LatentPage>(`/api/collections/${collection}/latents?sort=fireCount&order=desc&limit=3`);
  return {
    ...start,
    run,
    collection,
    latents: rows.map(({ module, index }: LatentRow) => ({ module, index })),
    dictionary: await bytes(application, `/api/collections/${collection}/export?format=neuronpedia`),
    adapter: await bytes(application, `/api/runs/${run}/adapter`),
  };
}

/** @throws Error when it ends in another way than by finishing, or not within so many minutes */
export async function until(what: string, ended: () => Promise<string | undefined>, minutes = 2): Promise<void> {
  for (const patience = new Patience(minutes * 60_000); await patience.lasts(); ) {
    const how = await ended();
    if (how === "finished") return;
    if (how !== undefined) throw new Error(`${what} ended so: ${how}`);
  }
  throw new Error(`${what} did not end within ${minutes} minutes`);
}

async function addModel(client: Client, path: string): Promise<string> {
  const task = (await client.send("POST", "/api/models", { source: "folder", path })) as JobSummary;
  await until(`adding ${path}`, () => jobEnded({ client } as Place, task.id));
  const { models } = await client.get<{ models: ModelSummary[] }>("/api/models");
  const added = models.find((model) => model.path === path);
  if (added === undefined) throw new Error(`the model ${path} was added and is not listed`);
  return added.id;
}

async function addRows(client: Client, path: string): Promise<string> {
  const rows = Array.from({ length: rowCount }, (_, row) => ({
    text: `${beginnings[row % beginnings.length]} ${row} times over, and then ${row * 7} more.`,
    domain: row % 2 === 0 ? "even" : "odd",
  }));
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join("\n"));
  await client.send("POST", "/api/data", { path, name: "knock" });
  await until("adding rows", async () => ((await dataSetsNamed({ client } as Place, "knock")).length > 0 ? "finished" : undefined));
  const [added] = await dataSetsNamed({ client } as Place, "knock");
  return added?.id ?? "";
}

async function train(place: Place): Promise<string> {
  const adapter = { method: "stan", numLatents: 23, k: 5, targets: { modules: ["q_proj", "v_proj"] } };
  const training = { steps: 20, batchRows: 3, maxTokens: 32, learningRate: 2e-3, evaluateEvery: 0, evaluationRows: 6 };
  const config = { model: place.model, data: textRows(place), adapter, training };
  const { id } = (await place.client.send("POST", "/api/runs", { name: "subject", config })) as RunSummary;
  await until("the subject's training", () => runEnded(place, id));
  return id;
}

/** Random weights in blocks of 4 bits, with the tokenizer of the other model. */
function writePackedModel(path: string): string {
  const { tiny } = shapes;
  if (tiny === undefined) throw new Error("there is no tiny shape");
  writeGgufModel(path, tiny, "Q4_K", 1);
  return path;
}

/** The rows that the tiny encoder's reference training reads. */
function writeTokenRows(path: string): string {
  const golden = openSafetensors("tests/golden/tiny/bert/expected.safetensors");
  const flat = (name: string, kept: number) => {
    const shape = golden.shape(name);
    const rows = shape.slice(0, shape.length - kept).reduce((product, size) => product * size, 1);
    return { shape: [rows, ...shape.slice(shape.length - kept)], data: golden.readInts(name) };
  };
  writeSafetensors(path, {
    input_ids: flat("train.input_ids", 1),
    attention_mask: flat("train.attention_mask", 1),
    labels: flat("train.labels", 0),
  });
  golden.close();
  return path;
}

async function bytes(application: Application, path: string): Promise<Uint8Array> {
  const answer = await fetch(`${application.url}${path}`);
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** What the hub of the campaign serves. */
export function hubFiles(): Record<string, Buffer> {
  const names = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join("demo/model", name))]));
}
