import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { latentQuery } from "@/lib/contract/latent";
import { collectionSettings } from "@/lib/contract/run-config";
import { listLabels, saveLabel } from "@/server/db/labels/labels";
import { createDictionary, listDictionaries, readCollection } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { insertJob } from "@/server/db/work/jobs";
import { writeTar } from "@/server/interop/archives/write-tar";
import { neuronpediaFiles } from "@/server/interop/neuronpedia/neuronpedia-tree";
import { importDictionary } from "@/server/jobs/import-dictionary";
import type { JobAtWork } from "@/server/jobs/job-at-work";
import { createRuntime } from "@/server/runtime/runtime";
import { openContext } from "@/server/services/context";
import { listLatents } from "@/server/services/latents/list-latents";
import { freshDatabase } from "@/tests/support/database";
import { exportedLatent } from "@/tests/support/exported-latent";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const store = await freshDatabase();
const now = () => performance.now();

/** Three latents of one source, the first labelled, as a folder. */
async function writeTree(folder: string): Promise<void> {
  const label = { module: "any", index: 0, text: "measures", note: "", source: "explainer" as const, score: null, updatedAt: "2026-01-02" };
  const place = { modelId: "m", sourceId: "3-res-16k", sourceSet: "res-16k", collectionId: "c1", createdAt: "2026-01-02T03:04:05.000Z" };
  async function* batches() {
    yield [{ ...exportedLatent(0), label }, exportedLatent(1), exportedLatent(2)];
  }
  for await (const { name, bytes } of neuronpediaFiles([
    { place, about: { modelName: "M", layers: 5, corpus: "c", tokens: 200 }, batches },
  ])) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

async function importTask(data: string, confirm: () => Promise<void> = async () => {}) {
  const taskId = newId();
  const messages: string[] = [];
  await insertJob(store.db, {
    id: taskId,
    kind: "importDictionary",
    title: "test",
    input: { kind: "importDictionary", path: data, name: null },
    unit: "bytes",
    total: null,
  });
  const job: JobAtWork = {
    // An import runs no model.
    context: { store, runtime: createRuntime(now), dataFolder: data, modelIds: new Map(), now },
    taskId,
    queuedAt: new Date(),
    signal: new AbortController().signal,
    report: ({ message }) => message !== undefined && messages.push(message),
    confirm,
  };
  return { job, taskId, messages };
}

test("another tool's dictionary becomes a collection of its own, with its labels; done twice it is there once", async () => {
  const data = temporaryFolder();
  const tree = join(data, "tree");
  await writeTree(tree);
  const { job, taskId, messages } = await importTask(data);
  for (let time = 0; time < 2; time++) await importDictionary(job, { kind: "importDictionary", path: tree, name: null });
  const [dictionary, ...others] = await listDictionaries(store.db);
  expect(others).toEqual([]);
  expect([dictionary?.id, dictionary?.name, dictionary?.status]).toEqual([taskId, "m 3-res-16k", "finished"]);
  expect(dictionary?.origin).toEqual({ kind: "neuronpedia", modelId: "m", sourceId: "3-res-16k" });
  expect(messages.at(-1)).toBe("m 3-res-16k is imported");
  const labels = await listLabels(store.db, taskId);
  expect(labels.map(({ index, text }) => [index, text])).toEqual([[0, "measures"]]);
  const context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: data });
  try {
    const { rows, total } = await listLatents(context, latentQuery.parse({ collectionId: taskId, sort: "index", order: "asc" }));
    expect([total, rows.map(({ maxActivation }) => maxActivation)]).toEqual([3, [6, 6, 6]]);
    expect(rows.map(({ label }) => label?.text ?? null)).toEqual(["measures", null, null]);
  } finally {
    await context.store.close();
  }
  expect(readdirSync(join(data, "imports"))).toEqual([]);
});

test("a finished dictionary keeps what a person wrote when its job is done again because its worker died at the end", async () => {
  const data = temporaryFolder();
  const tree = join(data, "tree");
  await writeTree(tree);
  const { job, taskId } = await importTask(data);
  await importDictionary(job, { kind: "importDictionary", path: tree, name: null });
  const [label] = await listLabels(store.db, taskId);
  if (label === undefined) throw new Error("no label");
  const { updatedAt: _, ...written } = label;
  await saveLabel(store.db, taskId, { ...written, index: 2, text: "mine", source: "person" });
  await importDictionary(job, { kind: "importDictionary", path: tree, name: null });
  expect((await listLabels(store.db, taskId)).map(({ text }) => text).sort()).toEqual(["measures", "mine"]);
  expect((await readCollection(store.db, taskId))?.status).toBe("finished");
});

test("of a dictionary that is damaged nothing stays, and the fault is named", async () => {
  const data = temporaryFolder();
  const tree = join(data, "tree");
  await writeTree(tree);
  appendFileSync(join(tree, "m", "3-res-16k", "source.jsonl"), "{");
  const features = join(tree, "m", "3-res-16k", "features");
  const [batch = ""] = readdirSync(features);
  writeFileSync(join(features, batch), "not gzip");
  const { job, taskId } = await importTask(data);
  await expect(importDictionary(job, { kind: "importDictionary", path: tree, name: "damaged" })).rejects.toThrow(/jsonl/);
  expect(await readCollection(store.db, taskId)).toBeUndefined();
});

test("of an archive with a damaged description the folder that it was unpacked into goes too", async () => {
  const data = temporaryFolder();
  async function* files() {
    yield { name: "m/3-res-16k/source.jsonl", bytes: Buffer.from("{") };
    yield { name: "m/3-res-16k/features/batch-0.jsonl.gz", bytes: Buffer.from("not gzip") };
  }
  const archive = join(data, "a.tar");
  const parts: Uint8Array[] = [];
  for await (const part of writeTar(files())) parts.push(part);
  writeFileSync(archive, Buffer.concat(parts));
  const { job } = await importTask(data);
  const input = { kind: "importDictionary", path: archive, name: null } as const;
  await expect(importDictionary(job, input)).rejects.toThrow(/source\.jsonl: line 1/);
  expect(readdirSync(join(data, "imports"))).toEqual([]);
});

test("an upload is removed when it is read, and a worker that lost the job touches no more of it", async () => {
  const data = temporaryFolder();
  const tree = join(data, "dictionaries/tree");
  await writeTree(tree);
  const owned = await importTask(data);
  await importDictionary(owned.job, { kind: "importDictionary", path: tree, name: "ours", isOwned: true });
  expect(existsSync(tree)).toBe(false);
  expect((await readCollection(store.db, owned.taskId))?.name).toBe("ours");
  await writeTree(tree);
  const { job } = await importTask(data, async () => {
    throw new Error("lost");
  });
  // What the worker that has the job now has written so far.
  const underWay = newId();
  const origin = { kind: "neuronpedia", modelId: "m", sourceId: "3-res-16k" } as const;
  await createDictionary(store.db, { id: underWay, name: "theirs", origin, settings: collectionSettings.parse({}) });
  await expect(importDictionary({ ...job, taskId: underWay }, { kind: "importDictionary", path: tree, name: "other" })).rejects.toThrow(
    "lost",
  );
  expect((await readCollection(store.db, underWay))?.name).toBe("theirs");
});
