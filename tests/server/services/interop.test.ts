import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import type { CollectionFormat } from "@/lib/contract/api";
import { latentQuery } from "@/lib/contract/latent";
import { collectionSettings } from "@/lib/contract/run-config";
import { saveLabel } from "@/server/db/labels/labels";
import { createCollection, createDictionary, readCollection } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { readJob } from "@/server/db/work/jobs";
import { acquireLease } from "@/server/db/work/leases";
import { unpackTree } from "@/server/interop/archives/unpack-tree";
import { importNeuronpedia } from "@/server/interop/neuronpedia/import-neuronpedia";
import { exportCollection } from "@/server/services/interop/export-collection";
import { exportParquet } from "@/server/services/interop/export-parquet";
import { getCircuitTracerFeature, getNeuronpediaFeature } from "@/server/services/interop/get-feature";
import { importDictionary } from "@/server/services/interop/import-dictionary";
import { listDictionaries } from "@/server/services/interop/list-dictionaries";
import { uploadDictionary } from "@/server/services/interop/upload-dictionary";
import { deleteCollection } from "@/server/services/work/delete-collection";
import { measureEffects } from "@/server/services/work/measure-effects";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, loadCollection, storedCollection, storedRun } from "@/tests/support/stored-collection";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const context = await freshContext();
const { store } = context;
const latents = [latentInput(0, 0, 40), latentInput(0, 1, 0), latentInput(0, 300, 7), latentInput(1, 0, 100)];
const collection = await storedCollection(store, latents);
const runId = collection.runId ?? "";
const module = "layers.0.q_proj";
await saveLabel(store.db, runId, { module, index: 0, text: "coffee", note: "", source: "person", score: null });

async function archiveOf(format: CollectionFormat, only?: string): Promise<string> {
  const { name, archive } = await exportCollection(context, collection.id, format, only);
  const path = join(temporaryFolder(), name);
  const parts: Uint8Array[] = [];
  for await (const part of archive) parts.push(part);
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe("an export", () => {
  it("for Neuronpedia reads back as the collection's latents, over batches and modules", async () => {
    const path = await archiveOf("neuronpedia");
    const dictionary = await importNeuronpedia(path, temporaryFolder());
    expect(dictionary.modules.map(({ name }) => name)).toEqual([`0-stan-q_proj-${runId}`, `1-stan-v_proj-${runId}`]);
    const [first, second] = dictionary.modules;
    const contexts = [];
    for await (const context of first?.contexts() ?? []) contexts.push(context.texts);
    const read = (await first?.latents()) ?? [];
    expect(read.flatMap(({ index, fireCount }) => (fireCount > 0 ? [[index, fireCount]] : []))).toEqual([
      [0, 40],
      [300, 7],
    ]);
    // A later byte is joined to its character; the band's window is shorter.
    expect(contexts).toEqual([
      ["the", " caf", "é"],
      ["the", " caf"],
    ]);
    expect([...(first?.examples() ?? [])]).toMatchObject([
      { index: 0, top: [{ position: 2, activation: -3 }], bands: [{ lowest: 0.5, highest: 1 }] },
    ]);
    const labels = [];
    for await (const { index, text } of first?.labels() ?? []) labels.push([index, text]);
    expect(labels).toEqual([[0, "coffee"]]);
    for await (const _ of second?.contexts() ?? []) throw new Error("the second module has no example");
    expect((await second?.latents())?.[0]?.fireCount).toBe(100);
    dictionary.close();
  });

  it("of one module holds that module alone, and an unknown one is refused", async () => {
    const folder = temporaryFolder();
    await unpackTree(await archiveOf("circuitTracer", "layers.1.v_proj"), folder, 1e9);
    // Cantor pairing of layer 1 and index 0.
    expect(readdirSync(folder)).toEqual([`1-stan-v_proj-${runId}`]);
    expect(readdirSync(join(folder, `1-stan-v_proj-${runId}`))).toEqual(["1.json"]);
    await expect(exportCollection(context, collection.id, "delphi", "other")).rejects.toMatchObject({ code: "notFound" });
  });

  it("for delphi names the firings of stored windows by positions of whole rows", async () => {
    const folder = temporaryFolder();
    await unpackTree(await archiveOf("delphi", module), folder, 1e9);
    const file = readFileSync(join(folder, module, "0_40008.safetensors"));
    const header = JSON.parse(file.toString("utf8", 8, 8 + Number(file.readBigUInt64LE(0))));
    expect(header).toMatchObject({ locations: { shape: [3, 3] }, activations: { shape: [3] }, tokens: { shape: [1, 32] } });
  });

  it("as Parquet follows the selection", async () => {
    const parts: Uint8Array[] = [];
    const query = latentQuery.parse({ collectionId: collection.id, state: "alive", sort: "fireCount", order: "desc" });
    for await (const part of await exportParquet(context, query)) parts.push(part);
    const rows = await parquetReadObjects({ file: new Uint8Array(Buffer.concat(parts)).buffer });
    expect(rows.map(({ index, fireCount, label }) => [index, fireCount, label])).toEqual([
      [0, 100, null],
      [0, 40, "coffee"],
      [300, 7, null],
    ]);
    expect(rows[0]?.["fireCount sea"]).toBe(100);
  });
});

describe("a feature in Neuronpedia's shape", () => {
  const layer = `0-stan-q_proj-${runId}`;

  it.each([
    ["the run's id", runId],
    ["the run's name", "a run"],
    ["the collection's id", collection.id],
    ["the model's id", "a-model"],
  ])("is found by %s", async (_what, model) => {
    const feature = await getNeuronpediaFeature(context, { model, layer, index: 0 });
    expect(feature).toMatchObject({ modelId: "a-model", layer, index: "0", frac_nonzero: 0.04, explanations: [{ description: "coffee" }] });
    expect(feature.activations[0]?.maxValue).toBe(0.5);
  });

  it("is refused where model, source or index is another", async () => {
    for (const place of [
      { model: "gpt2", layer, index: 0 },
      { model: runId, layer: `9-stan-q_proj-${runId}`, index: 0 },
      { model: runId, layer, index: 2 },
    ]) {
      await expect(getNeuronpediaFeature(context, place)).rejects.toMatchObject({ code: "notFound" });
    }
  });

  it("has a sister for circuit-tracer", async () => {
    expect(await getCircuitTracerFeature(context, collection.id, { module: "layers.1.v_proj", index: 0 })).toMatchObject({
      transcoder_id: `1-stan-v_proj-${runId}`,
      index: 1,
      activation_frequency: 0.1,
    });
  });
});

describe("a dictionary", () => {
  const origin = { kind: "neuronpedia", modelId: "gpt2", sourceId: "7-res" } as const;

  it("stands in its own list, has no effects to measure and is not exported again; its labels go with it", async () => {
    const id = newId();
    await createDictionary(store.db, { id, name: "gpt2 7-res", origin, settings: collectionSettings.parse({}) });
    await expect(deleteCollection(context, id)).rejects.toMatchObject({ code: "conflict" });
    await loadCollection(store, { id, runId: null }, latents);
    await saveLabel(store.db, id, { module, index: 0, text: "theirs", note: "", source: "explainer", score: null });
    expect(await listDictionaries(context)).toMatchObject([{ id, origin, status: "finished" }]);
    const request = { latents: [{ module, index: 0 }], operations: ["ablatePost" as const], rows: 2, controls: 0 };
    await expect(measureEffects(context, id, request)).rejects.toMatchObject({ code: "conflict" });
    await expect(exportCollection(context, id, "neuronpedia")).rejects.toMatchObject({ code: "conflict" });
    await deleteCollection(context, id);
    expect(await listDictionaries(context)).toEqual([]);
    expect((await store.pool.query("SELECT 1 FROM labels WHERE subject_id = $1", [id])).rowCount).toBe(0);
  });

  it("is imported by a job, from a folder that holds one or an uploaded archive", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "7-res/features"), { recursive: true });
    writeFileSync(join(folder, "7-res/features/batch-0.jsonl"), '{"modelId":"gpt2","layer":"7-res","index":0}\n');
    const job = await importDictionary(context, { path: folder, name: "mine" });
    expect(job).toMatchObject({ kind: "importDictionary", title: "Import mine", status: "queued" });
    expect((await readJob(store.db, job.id))?.input).toEqual({ kind: "importDictionary", path: folder, name: "mine", isOwned: false });
    const uploaded = await uploadDictionary(context, "res.tar.gz", bytes("some bytes"));
    expect((await readJob(store.db, uploaded.id))?.input).toMatchObject({ name: "res", isOwned: true });
  });

  it("is refused at once where there can be none", async () => {
    const folder = temporaryFolder();
    await expect(importDictionary(context, { path: folder })).rejects.toMatchObject({ code: "invalid", field: "path" });
    await expect(importDictionary(context, { path: join(folder, "x.tar") })).rejects.toMatchObject({ code: "notFound" });
    writeFileSync(join(folder, "x.zip"), "");
    await expect(importDictionary(context, { path: join(folder, "x.zip") })).rejects.toMatchObject({ code: "invalid" });
    await expect(uploadDictionary(context, "x.zip", bytes("x"))).rejects.toMatchObject({ code: "invalid", field: "name" });
  });
});

describe("deleteCollection", () => {
  it("cancels one that is queued, takes its tables, and leaves the run's labels", async () => {
    const id = newId();
    await createCollection(store.db, { id, runId: await storedRun(store), name: "x", step: 0, settings: collectionSettings.parse({}) });
    await deleteCollection(context, id);
    expect(await readCollection(store.db, id)).toBeUndefined();
    await expect(deleteCollection(context, id)).rejects.toMatchObject({ code: "notFound" });
  });

  it("waits until the worker has released it", async () => {
    const id = newId();
    await createCollection(store.db, { id, runId: await storedRun(store), name: "x", step: 0, settings: collectionSettings.parse({}) });
    await acquireLease(store.db, { kind: "collection", workId: id, workerId: "w" }, 700);
    const removal = deleteCollection(context, id);
    await expect.poll(async () => (await readCollection(store.db, id))?.status).toBe("cancelled");
    await removal;
    expect(await readCollection(store.db, id)).toBeUndefined();
  });
});

describe("measureEffects", () => {
  const request = { operations: ["ablatePost" as const], rows: 2, controls: 0 };

  it("is a job that counts latents", async () => {
    const job = await measureEffects(context, collection.id, { ...request, latents: [{ module, index: 0 }] });
    expect(job).toMatchObject({ kind: "measureEffects", unit: "latents", total: 1, title: "Measure L0 q_proj #0 of a run" });
    const first = await measureEffects(context, collection.id, { ...request, latents: { by: "attribution", count: 5, domain: "sea" } });
    expect(first).toMatchObject({ total: 5, title: "Measure 5 latents of a run" });
  });

  it("is refused for latents or domains that are not there", async () => {
    const none = measureEffects(context, collection.id, { ...request, latents: [{ module, index: 40_009 }] });
    await expect(none).rejects.toMatchObject({ code: "notFound", field: "latents" });
    const nowhere = measureEffects(context, collection.id, { ...request, latents: { by: "selectivity", count: 1, domain: "air" } });
    await expect(nowhere).rejects.toMatchObject({ code: "invalid", field: "latents.domain" });
  });
});
