import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importRunRequest } from "@/lib/contract/import-run";
import { runDetail } from "@/lib/contract/run";
import { upsertDataSet } from "@/server/db/library/data-sets";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { openDataSet } from "@/server/files/data/data-set";
import { summariseDataSet } from "@/server/files/data/data-set-summary";
import type { TensorData } from "@/server/files/weights/safetensors";
import { getRun } from "@/server/services/runs/get-run";
import { importRun } from "@/server/services/runs/import-run";
import { listRuns } from "@/server/services/runs/list-runs";
import { changeConfig, changeTensors, copyAdapter, installModel } from "@/tests/support/elsewhere";
import { freshContext } from "@/tests/support/service-context";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const context = await freshContext();
await installModel(context, "bert-regression");
await installModel(context, "roberta-relu");
await installModel(context, "deberta-buckets");
await installModel(context, "llama-odd");

const bert = "peft-logits/bert-lora";
const roberta = "peft-logits/roberta-stan";
const prefix = "base_model.model.";

const take = (path: string, more: object = {}) => importRun(context, importRunRequest.parse({ path, ...more }));
const detailOf = async (path: string, more: object = {}) => runDetail.parse(await getRun(context, (await take(path, more)).id));
const ones = (...shape: number[]): TensorData => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1) });

/** A data set of labelled texts. */
async function addRows(id: string, labels: readonly (string | number)[]): Promise<object> {
  const path = join(temporaryFolder(), `${id}.jsonl`);
  writeFileSync(path, labels.map((label, row) => JSON.stringify({ text: `text ${row}`, label })).join("\n"));
  const { format, sizeBytes } = openDataSet(path);
  const summary = await summariseDataSet(openDataSet(path));
  await upsertDataSet(context.store.db, { id, name: id, path, format, sizeBytes, licence: null, ...summary });
  return { data: { kind: "dataSet", dataSetId: id, mapping: { kind: "labelled", text: "text", label: "label" } } };
}

async function held() {
  const folder = context.artefacts.path("runs");
  return { runs: (await listRuns(context)).runs.length, folders: existsSync(folder) ? readdirSync(folder) : [] };
}

describe("an adapter over an encoder is imported", () => {
  it("as a regression where its head gives one number, with the head counted apart", async () => {
    const { run, config } = await detailOf(copyAdapter(bert));
    expect(config).toMatchObject({ task: { kind: "regression" }, data: null, training: null });
    expect(run).toMatchObject({ method: "lora", modelName: "someone/bert-regression", isImported: true });
    // classifier (1, 9) and its bias.
    expect(run.cost?.headParameters).toBe(10);
    expect(run.cost?.adapterBytes).toBe(4 * ((run.cost?.trainableParameters ?? 0) + 10));
    // Twice 4 · 9 · 9 and 2 · 9 · 11 of the layers; the adapter on two layers' modules and on the pooler, rank 2.
    const perLayer = 2 * (4 * 81 + 2 * 99);
    const adapted = 2 * 2 * (2 * (3 * 18 + 2 * 20) + 18);
    expect(run.cost?.flopsPerToken).toBe(2 * perLayer + adapted);
    expect(existsSync(context.artefacts.path(`runs/${run.id}/adapter/labels.json`))).toBe(false);
  });

  it("as a classification whose classes are their numbers where no file names them", async () => {
    const { run, config, provenance } = await detailOf(copyAdapter(roberta));
    expect(config.task).toEqual({ kind: "classification", labels: ["0", "1"] });
    expect(provenance).toMatchObject({ classes: "0, 1", classesFrom: "their numbers" });
    expect(readLabelNames(context.artefacts.path(`runs/${run.id}/adapter`))).toEqual(["0", "1"]);
  });

  it("with the class names next to it, else those of the base model's head, else the import's", async () => {
    const folder = copyAdapter(roberta);
    writeFileSync(join(folder, "config.json"), JSON.stringify({ id2label: { 1: "yes", 0: "no" } }));
    expect((await detailOf(folder)).config.task).toMatchObject({ labels: ["no", "yes"] });
    writeFileSync(join(folder, "labels.json"), JSON.stringify({ labels: ["left", "right"] }));
    expect(await detailOf(folder)).toMatchObject({
      config: { task: { labels: ["left", "right"] } },
      provenance: { classesFrom: "labels.json" },
    });
    expect((await detailOf(folder, { labels: ["up", "down"] })).config.task).toMatchObject({ labels: ["up", "down"] });
    await installModel(context, "deberta-own", { id2label: { 0: "bad", 1: "fair", 2: "good" } });
    const ofBase = await detailOf(copyAdapter("peft-logits/deberta-dora"));
    expect(ofBase.config.task).toMatchObject({ labels: ["bad", "fair", "good"] });
    expect(ofBase.provenance["classesFrom"]).toBe("config.json of the base model");
    writeFileSync(join(folder, "labels.json"), JSON.stringify({ labels: ["a", "b", "c"] }));
    await expect(take(folder)).rejects.toMatchObject({ message: expect.stringMatching(/labels\.json: names 3 classes.*head has 2/) });
  });

  it("from the list of whole names that PEFT writes for all-linear, without those in the head", async () => {
    const { config } = await detailOf(copyAdapter("peft-logits/roberta-all-linear"));
    expect(config.adapter).toMatchObject({ useRslora: true, targets: { modules: ["dense", "key", "query", "value"], layers: null } });
    const { config: own } = await detailOf(copyAdapter(bert));
    expect(own.adapter).toMatchObject({ targets: { modules: ["dense", "query", "value"], layers: null } });
  });

  it("with a pooler that was trained in full in the place of the base model's", async () => {
    const { run, config } = await detailOf(copyAdapter("peft-logits/bert-stan"));
    expect(config.task).toEqual({ kind: "regression" });
    expect(run.cost?.headParameters).toBe(10 + 90);
  });

  it("without a head of its own where the base model has one, and then with that", async () => {
    const folder = copyAdapter(roberta);
    changeConfig(folder, { task_type: null, modules_to_save: null });
    changeTensors(folder, (tensors) => Object.fromEntries(Object.entries(tensors).filter(([name]) => name.includes("stan_"))));
    const { run, config } = await detailOf(folder);
    expect(config.task).toMatchObject({ kind: "classification", labels: ["0", "1"] });
    expect(run.cost).not.toHaveProperty("headParameters");
  });

  it("with data whose labels are its classes, or numbers", async () => {
    const words = await addRows("words", ["no", "yes", "no"]);
    const { run, config } = await detailOf(copyAdapter(roberta), { ...words, labels: ["no", "yes"] });
    expect(run.dataName).toBe("words");
    expect(config.data).toMatchObject({ dataSetId: "words", mapping: { kind: "labelled" } });
    const numbers = await addRows("numbers", [0.5, 1, 2]);
    expect((await detailOf(copyAdapter(bert), numbers)).run.dataName).toBe("numbers");
  });
});

describe("an import over an encoder is refused, and leaves nothing behind:", () => {
  const withHead = (change: (tensors: Record<string, TensorData>) => Record<string, TensorData>) => (folder: string) =>
    changeTensors(folder, change);
  const cases: [string, RegExp, string, (folder: string) => void][] = [
    [
      "a head that lacks a tensor",
      /is missing "base_model\.model\.classifier\.dense\.bias"/,
      roberta,
      withHead(({ [`${prefix}classifier.dense.bias`]: _, ...rest }) => rest),
    ],
    [
      "no head at all, though the task needs one",
      /contains none of the modules/,
      roberta,
      withHead((tensors) => Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.includes("classifier")))),
    ],
    [
      "a head of another width",
      /classifier\.weight" has shape \[1, 7\].*needs \[1, 9\]/,
      bert,
      withHead((tensors) => ({ ...tensors, [`${prefix}classifier.weight`]: ones(1, 7) })),
    ],
    [
      "a head that is not finite",
      /classifier\.bias" contains NaN/,
      bert,
      withHead((tensors) => ({ ...tensors, [`${prefix}classifier.bias`]: { shape: [1], data: Float32Array.of(Number.NaN) } })),
    ],
    [
      "another module in full",
      /bert\.embeddings\.word_embeddings\.weight" in full.*"classifier" alone/,
      bert,
      (folder) => {
        changeConfig(folder, { modules_to_save: ["classifier", "word_embeddings"] });
        changeTensors(folder, (tensors) => ({ ...tensors, [`${prefix}bert.embeddings.word_embeddings.weight`]: ones(31, 9) }));
      },
    ],
    [
      "a head of tokens",
      /task_type.*head is not supported; supported: CAUSAL_LM and SEQ_CLS/,
      bert,
      (folder) => changeConfig(folder, { task_type: "TOKEN_CLS" }),
    ],
    [
      "a module that the encoder lacks",
      /not a linear projection of the base model's layers/,
      bert,
      withHead((tensors) => ({ ...tensors, [`${prefix}bert.encoder.layer.7.attention.self.query.lora_A.weight`]: ones(2, 9) })),
    ],
  ];

  it.each(cases)("%s", async (_, message, adapter, damage) => {
    const folder = copyAdapter(adapter);
    damage(folder);
    const before = await held();
    await expect(take(folder)).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(message) });
    await expect(take(folder)).rejects.toMatchObject({ message: expect.stringContaining(folder) });
    expect(await held()).toEqual(before);
  });

  it("another base model, or one that continues text", async () => {
    await expect(take(copyAdapter(roberta), { modelId: "model-bert-regression" })).rejects.toMatchObject({
      message: expect.stringMatching(/roberta\.encoder\.layer\.0.*for another model/),
    });
    await expect(take(copyAdapter(bert), { modelId: "model-llama-odd" })).rejects.toMatchObject({ code: "invalid" });
    const folder = copyAdapter("stan-peft/llama-patterns");
    changeConfig(folder, { task_type: "SEQ_CLS", modules_to_save: ["score"] });
    changeTensors(folder, (tensors) => ({ ...tensors, [`${prefix}score.weight`]: ones(2, 12) }));
    await expect(take(folder)).rejects.toMatchObject({ message: expect.stringMatching(/"SEQ_CLS" is supported over encoders/) });
  });

  it("classes that are too many, named twice, or of a model that has none", async () => {
    const refused = (adapter: string, labels: string[], message: RegExp) =>
      expect(take(copyAdapter(adapter), { labels })).rejects.toMatchObject({ field: "labels", message: expect.stringMatching(message) });
    await refused(roberta, ["a", "b", "c"], /has 2 classes, but 3 are named/);
    await refused(roberta, ["a", "a"], /"a" is named twice/);
    await refused(bert, ["a", "b"], /one number per text/);
    await refused("stan-peft/llama-patterns", ["a", "b"], /causal language model without classes/);
  });

  it("data whose labels are none of its classes, are no numbers, or that has none", async () => {
    const before = await held();
    const refused = (adapter: string, more: object, field: string, message: RegExp) =>
      expect(take(copyAdapter(adapter), more)).rejects.toMatchObject({ field, message: expect.stringMatching(message) });
    const words = await addRows("other-words", ["0", "1", "maybe"]);
    await refused(roberta, words, "data.mapping.label", /contains "maybe", which is not among the adapter's classes 0, 1/);
    await refused(bert, words, "data.mapping.label", /contains "maybe", which is not a number/);
    const text = { data: { kind: "dataSet", dataSetId: "other-words", mapping: { kind: "text", text: "text" } } };
    await refused(roberta, text, "data.mapping", /encoder, which reads labelled texts/);
    await refused("stan-peft/llama-patterns", words, "data.mapping", /are for encoders/);
    expect(await held()).toEqual(before);
  });
});
