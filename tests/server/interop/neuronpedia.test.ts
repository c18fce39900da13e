import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type ArchiveFile, writeTarGz } from "@/server/interop/archives/write-tar";
import { type ImportedDictionary, importNeuronpedia } from "@/server/interop/neuronpedia/import-neuronpedia";
import { neuronpediaFeature } from "@/server/interop/neuronpedia/neuronpedia-feature";
import type { ExportedLatent } from "@/server/interop/neuronpedia/neuronpedia-lines";
import { neuronpediaFiles } from "@/server/interop/neuronpedia/neuronpedia-tree";
import { example, exportedLatent } from "@/tests/support/exported-latent";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const place = {
  modelId: "smollm2",
  sourceId: "3-stan-q_proj-r1",
  sourceSet: "stan-q_proj-r1",
  collectionId: "c1",
  createdAt: "2026-01-02T03:04:05.000Z",
};
const label = {
  module: "model.layers.3.q_proj",
  index: 0,
  text: "measures",
  note: "",
  source: "explainer" as const,
  score: { precision: 1, recall: 0.5, firing: 5, quiet: 5, judge: "some-model" },
  updatedAt: place.createdAt,
};
const dead = { fireCount: 0, density: 0, maxActivation: null, minActivation: null };

/** Latents 0 (labelled), 1 (dead, nothing known) and 2, in batches of two. */
async function* tree(): AsyncGenerator<ArchiveFile> {
  const empty = { examples: [], bands: [], logitEffect: null, histogram: { positive: zeros(), negative: zeros() } };
  const latents: ExportedLatent[] = [{ ...exportedLatent(0), label }, { ...exportedLatent(1, dead), ...empty }, exportedLatent(2)];
  async function* batches() {
    yield latents.slice(0, 2);
    yield latents.slice(2);
  }
  yield* neuronpediaFiles([{ place, about: { modelName: "SmolLM2", layers: 30, corpus: "recipes", tokens: 200 }, batches }]);
}

function zeros(): number[] {
  return new Array<number>(64).fill(0);
}

async function linesOf(name: string): Promise<Record<string, unknown>[]> {
  for await (const file of tree()) {
    if (file.name.endsWith(name)) {
      const text = name.endsWith(".gz") ? gunzipSync(file.bytes).toString("utf8") : Buffer.from(file.bytes).toString("utf8");
      return text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    }
  }
  throw new Error(`no file ${name}`);
}

async function readAll(dictionary: ImportedDictionary) {
  const modules = [];
  for (const module of dictionary.modules) {
    const contexts = [];
    for await (const context of module.contexts()) contexts.push(context);
    const latents = await module.latents();
    const examples = [...module.examples()];
    const labels = [];
    for await (const label of module.labels()) labels.push(label);
    modules.push({ name: module.name, contexts, latents, examples, labels });
  }
  dictionary.close();
  return { ...dictionary, modules, summary: dictionary.result() };
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const jsonl = (...lines: unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("an export", () => {
  it("lies in the folders that Neuronpedia reads", async () => {
    const names: string[] = [];
    for await (const { name } of tree()) names.push(name);
    expect(names).toEqual([
      ...["source", "sourceset", "model", "release"].map((name) => `smollm2/3-stan-q_proj-r1/${name}.jsonl`),
      "smollm2/3-stan-q_proj-r1/features/batch-0.jsonl.gz",
      "smollm2/3-stan-q_proj-r1/activations/batch-0.jsonl.gz",
      "smollm2/3-stan-q_proj-r1/explanations/batch-0.jsonl.gz",
      "smollm2/3-stan-q_proj-r1/features/batch-1.jsonl.gz",
      "smollm2/3-stan-q_proj-r1/activations/batch-1.jsonl.gz",
    ]);
  });

  it("has the same keys in the same order on every line, whatever is known of a latent", async () => {
    for (const name of ["features/batch-0.jsonl.gz", "activations/batch-0.jsonl.gz"]) {
      const lines = await linesOf(name);
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) expect(Object.keys(line)).toEqual(Object.keys(lines[0] ?? {}));
    }
  });

  it("names no method and no model with a label, which the importer would look for in its own tables; notes say who wrote and judged it", async () => {
    const [explanation] = await linesOf("explanations/batch-0.jsonl.gz");
    expect(explanation).toMatchObject({
      description: "measures",
      typeName: null,
      explanationModelName: null,
      notes: "Written by an explainer; precision 1.00, recall 0.50 over 5 firing and 5 quiet examples, judged by some-model",
    });
  });

  it("stays JSON when the importer blanks every \\u0000 in its text", async () => {
    const tokens = ["a\\u0000b", "\\\\u0000", "\\\0", "\0"];
    async function* batches() {
      yield [{ ...exportedLatent(0), examples: [example(tokens, [0, 1, 0, 0])], bands: [] }];
    }
    const about = { modelName: "SmolLM2", layers: 30, corpus: "recipes", tokens: 200 };
    for await (const { name, bytes } of neuronpediaFiles([{ place, about, batches }])) {
      if (!name.includes("activations")) continue;
      const text = gunzipSync(bytes).toString("utf8");
      expect(JSON.parse(text).tokens).toEqual(tokens);
      expect(JSON.parse(text.replaceAll("\\u0000", " ")).tokens).toEqual(["a\\u0000b", "\\\\u0000", "\\ ", " "]);
    }
    expect.assertions(2);
  });

  it("states features and activations in Neuronpedia's terms", async () => {
    const [feature] = await linesOf("features/batch-0.jsonl.gz");
    expect(feature).toMatchObject({
      modelId: "smollm2",
      layer: "3-stan-q_proj-r1",
      index: "0",
      maxActApprox: 6,
      frac_nonzero: 0.05,
      pos_str: [" sugar"],
      neg_values: [-1],
      topkCosSimIndices: [2],
      topkCosSimValues: [0.5],
    });
    expect(feature?.["freq_hist_data_bar_heights"]).toHaveLength(50);
    const activations = await linesOf("activations/batch-0.jsonl.gz");
    expect(activations[0]).toMatchObject({
      tokens: ["one", " cup", " of"],
      values: [0, 6, 0],
      maxValue: 6,
      maxValueTokenIndex: 1,
      binMin: -1,
    });
    expect(activations[2]).toMatchObject({
      tokens: ["b", " tbsp"],
      binMin: 0.5,
      binMax: 0.625,
      binContains: 0.035,
      qualifyingTokenIndex: 1,
    });
  });
});

it("A single feature has its activations from the greatest, each with the fields that Neuronpedia's Python client reads", () => {
  const { activations, explanations, ...feature } = neuronpediaFeature({ ...exportedLatent(0), label }, place);
  expect(feature).toMatchObject({ modelId: "smollm2", layer: "3-stan-q_proj-r1", index: "0", frac_nonzero: 0.05 });
  expect(activations.map(({ maxValue }) => maxValue)).toEqual([6, 5, 5, 0.5]);
  // The client refuses a share that is not in 0 … 1; the strongest examples are of no share.
  expect(activations.map(({ binMin, binContains }) => [binMin, binContains])).toEqual([
    [-1, null],
    [-1, null],
    [4, 0.015],
    [0.5, 0.035],
  ]);
  for (const { source } of [...activations, ...explanations]) expect(source).toBe("3-stan-q_proj-r1");
  expect(explanations).toMatchObject([{ description: "measures", scores: [] }]);
});

describe("an export read again", () => {
  it("gives the latents, examples, bands and labels that it was made of", async () => {
    const folder = temporaryFolder();
    const parts: Uint8Array[] = [];
    for await (const part of writeTarGz(tree())) parts.push(part);
    const archive = join(folder, "export.tar.gz");
    writeFileSync(archive, Buffer.concat(parts));
    const { modules, summary, ...dictionary } = await readAll(await importNeuronpedia(archive, folder));
    expect(dictionary).toMatchObject({ modelId: "smollm2", sourceId: "3-stan-q_proj-r1", tokens: 200, isTokenCountKnown: true });
    expect(summary.modules).toMatchObject([{ name: "3-stan-q_proj-r1", layer: 3, projection: "stan-q_proj-r1", numLatents: 3, dead: 1 }]);
    const [first, second, third] = modules[0]?.latents ?? [];
    expect(first).toMatchObject({
      fireCount: 10,
      maxActivation: 6,
      meanActivation: null,
      outputShare: null,
      attribution: null,
      related: { decoder: [{ module: 0, index: 2, value: 0.5 }] },
      logitEffect: { raised: [{ token: " sugar", change: 2 }], lowered: [{ token: " the", change: -1 }] },
    });
    // Its examples hold 5 of its 10 firings, 3 of them at " cup": the other 5 may be at any token.
    expect(first?.topTokens.find(({ token }) => token === " cup")).toEqual({ token: " cup", count: 3, error: 5, lift: 0 });
    expect(first?.histogram.reduce((sum, count) => sum + count, 0)).toBe(10);
    expect(second).toMatchObject({ fireCount: 0, maxActivation: null, topTokens: [] });
    expect(third?.fireCount).toBe(10);
    const examples = modules[0]?.examples ?? [];
    expect(examples.map(({ index }) => index)).toEqual([0, 2]);
    expect(examples[0]?.top).toMatchObject([
      { context: 0, position: 1, activation: 6, from: 0, to: 3 },
      { context: 1, position: 1, activation: 5 },
    ]);
    expect([...(examples[0]?.top[1]?.firingActivations ?? [])]).toEqual([5, 0.5]);
    expect(examples[0]?.bands).toMatchObject([
      { from: 0, to: 0.7, firings: 7, lowest: 0.5, highest: 0.625 },
      { from: 0.7, to: 1, firings: 3, lowest: 4, highest: 6 },
    ]);
    // Latent 2 has the same windows: a window is stored once.
    expect(modules[0]?.contexts.map(({ context, row, texts }) => [context, row, texts.join("")])).toEqual([
      [0, 5, "one cup of"],
      [1, 7, "a cup!"],
      [2, 11, "b tbsp"],
      [3, 13, "c cup"],
    ]);
    expect(summary).toMatchObject({ contexts: 4, numLatents: 3 });
    expect(modules[0]?.labels).toEqual([
      { module: "3-stan-q_proj-r1", index: 0, text: "measures", note: "", source: "explainer", score: null },
    ]);
  });
});

it("Bands of signed activations, ranked by magnitude, are read again in their order", async () => {
  const folder = temporaryFolder();
  async function* batches() {
    const bands = [
      { from: 0, to: 0.5, firings: 5, lowest: -0.125, highest: 1, examples: [example(["a"], [0.5])] },
      { from: 0.5, to: 0.8, firings: 3, lowest: 1.5, highest: -3, examples: [example(["b"], [-2])] },
      { from: 0.8, to: 1, firings: 2, lowest: -4, highest: -6, examples: [example(["c"], [-6])] },
    ];
    yield [{ ...exportedLatent(0, { minActivation: -6, maxActivation: 5 }), examples: [], bands }];
  }
  const about = { modelName: "SmolLM2", layers: 30, corpus: "recipes", tokens: 200 };
  for await (const { name, bytes } of neuronpediaFiles([{ place, about, batches }])) write(join(folder, name), bytes);
  const { modules } = await readAll(await importNeuronpedia(folder, folder));
  expect(modules[0]?.examples[0]?.bands).toMatchObject([
    { from: 0, to: 0.5, firings: 5, lowest: -0.125, highest: 1 },
    { from: 0.5, to: 0.8, firings: 3, lowest: 1.5, highest: -3 },
    { from: 0.8, to: 1, firings: 2, lowest: -4, highest: -6 },
  ]);
});

describe("a tree of Neuronpedia's own", () => {
  const feature = { modelId: "gpt2", layer: "7-res", index: 1, frac_nonzero: 0.25, maxActApprox: 2.5, vector: [3, 4], pos_str: null };
  const activation = { index: "1", tokens: ["x", "\u0000y"], values: [0, 2.5], maxValue: 2.5, maxValueTokenIndex: 1 };

  function own(folder: string): string {
    write(
      join(folder, "gpt2/7-res/source.jsonl.gz"),
      gzipSync(jsonl({ id: "7-res", modelId: "gpt2", num_prompts: 8, num_tokens_in_prompt: 16 })),
    );
    write(join(folder, "gpt2/7-res/features/batch-0.jsonl.gz"), gzipSync(jsonl(feature)));
    write(join(folder, "gpt2/7-res/activations/batch-0.jsonl"), jsonl(activation, { ...activation, values: [0, 0] }));
    return folder;
  }

  it("is read in its own spelling: numbers or texts as indices, columns left out, plain or gzip", async () => {
    const folder = own(temporaryFolder());
    const { modules, summary, ...dictionary } = await readAll(await importNeuronpedia(folder, folder));
    expect(dictionary).toMatchObject({ modelId: "gpt2", sourceId: "7-res", tokens: 128 });
    // The export leaves out index 0.
    expect(dictionary.missing()).toBe(1);
    expect(modules[0]?.latents).toMatchObject([
      { index: 0, fireCount: 0 },
      { index: 1, fireCount: 32, maxActivation: 2.5, decoderNorm: 5, logitEffect: null },
    ]);
    expect(modules[0]?.contexts.map(({ texts }) => texts)).toEqual([["x", "\u2400y"]]);
    expect(modules[0]?.examples).toMatchObject([{ module: 0, index: 1, top: [{ position: 1, activation: 2.5 }], bands: [] }]);
    expect(summary.modules[0]).toMatchObject({ layer: 7, projection: "res", numLatents: 2, dead: 1 });
  });

  it("has groups of activations of equal width, whose shares are of all tokens, those of no firing among the weakest, and rounded", async () => {
    const folder = temporaryFolder();
    const source = { id: "7-res", modelId: "gpt2", num_prompts: 8, num_tokens_in_prompt: 125 };
    write(join(folder, "source.jsonl"), jsonl(source));
    write(join(folder, "features/batch-0.jsonl"), jsonl({ ...feature, frac_nonzero: 0.02 }));
    const group = (value: number, binMin: number, binMax: number, binContains: number) => ({
      ...{ index: 1, tokens: [`at ${value}`, "x"], values: [0, value], maxValueTokenIndex: 1, qualifyingTokenIndex: 1 },
      ...{ binMin, binMax, binContains },
    });
    const strongest = group(3, -1, 3, -1);
    const lines = [strongest, group(0.5, 0, 1, 0.992), group(1.5, 1, 2, 0.008), group(2.5, 2, 3, 0)];
    write(join(folder, "activations/batch-0.jsonl"), jsonl(...lines));
    const { modules } = await readAll(await importNeuronpedia(folder, folder));
    expect(modules[0]?.latents[1]?.fireCount).toBe(20);
    expect(modules[0]?.examples[0]?.top.map(({ activation }) => activation)).toEqual([3]);
    expect(modules[0]?.examples[0]?.bands).toMatchObject([
      { from: 0, to: 0.55, firings: 11, lowest: 0, highest: 1 },
      { from: 0.55, to: 0.95, firings: 8, lowest: 1, highest: 2 },
      { from: 0.95, to: 1, firings: 1, lowest: 2, highest: 3 },
    ]);
  });

  it("has no dead latent with an example, though its share be rounded to 0", async () => {
    const folder = temporaryFolder();
    write(join(folder, "features/batch-0.jsonl"), jsonl({ ...feature, index: 0, frac_nonzero: 0 }, { ...feature, frac_nonzero: 0 }));
    write(join(folder, "activations/batch-0.jsonl"), jsonl(activation));
    const { modules } = await readAll(await importNeuronpedia(folder, folder));
    expect(modules[0]?.latents.map(({ fireCount, maxActivation }) => [fireCount, maxActivation])).toEqual([
      [0, null],
      [1, 2.5],
    ]);
  });

  it("without a number of tokens is counted per million, and says so", async () => {
    const folder = temporaryFolder();
    write(join(folder, "features/batch-0.jsonl"), `${jsonl(feature)}\n`);
    const { modules, ...dictionary } = await readAll(await importNeuronpedia(folder, folder));
    expect(dictionary).toMatchObject({ sourceId: "7-res", modelId: "gpt2", tokens: 1_000_000, isTokenCountKnown: false });
    expect(modules[0]?.latents[1]).toMatchObject({ fireCount: 250_000 });
  });

  it("of two layers is one dictionary of two modules, lower layer first", async () => {
    const folder = temporaryFolder();
    for (const layer of [11, 3])
      write(join(folder, `gpt2/${layer}-res/features/batch-0.jsonl`), jsonl({ ...feature, layer: `${layer}-res` }));
    const { modules, sourceId } = await readAll(await importNeuronpedia(folder, folder));
    expect(modules.map(({ name }) => name)).toEqual(["3-res", "11-res"]);
    expect(sourceId).toBe("res");
  });

  it("reads NaN, which Python writes, as no value", async () => {
    const folder = temporaryFolder();
    write(
      join(folder, "features/batch-0.jsonl"),
      '{"modelId":"NaN","layer":"1-x","index":0,"frac_nonzero":NaN,"maxActApprox":-Infinity}\n',
    );
    const { modules, modelId } = await readAll(await importNeuronpedia(folder, folder));
    expect(modelId).toBe("NaN");
    expect(modules[0]?.latents[0]?.fireCount).toBe(0);
  });
});

describe("a tree that cannot be used", () => {
  const good = { modelId: "m", layer: "0-x", index: 0, frac_nonzero: 0 };

  it.each([
    ["not JSON", "{", /batch-0\.jsonl: line 2: is not valid JSON/],
    ["no object", "7", /batch-0\.jsonl: line 2: the line: /],
    ["an index below 0", jsonl({ ...good, index: -1 }), /batch-0\.jsonl: line 2: index: /],
    ["an index that fills the memory", jsonl({ ...good, index: "999999999" }), /line 2: index 999999999 is too large/],
  ])("names file and line of what is %s", async (_what, second, message) => {
    const folder = temporaryFolder();
    write(join(folder, "features/batch-0.jsonl"), `${jsonl(good)}${second}`);
    await expect(importNeuronpedia(folder, folder).then(readAll)).rejects.toThrow(message);
  });

  it("names a gzip file that is cut off, and one whose values are fewer than its tokens", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "features/batch-0.jsonl.gz");
    write(path, gzipSync(jsonl(...Array.from({ length: 999 }, (_, index) => ({ ...good, index, pos_str: [String(Math.sin(index))] })))));
    truncateSync(path, 2000);
    await expect(importNeuronpedia(folder, folder).then(readAll)).rejects.toThrow(/batch-0\.jsonl\.gz: is truncated/);
    const other = temporaryFolder();
    write(join(other, "features/batch-0.jsonl"), jsonl(good));
    write(join(other, "activations/batch-0.jsonl"), jsonl({ index: 0, tokens: ["a"], values: [1, 2] }));
    await expect(importNeuronpedia(other, other).then(readAll)).rejects.toThrow(/activations\/batch-0\.jsonl: line 1: values: /);
  });

  it("does not follow links out of the tree, and says what is expected where there is nothing", async () => {
    const outside = temporaryFolder();
    write(join(outside, "features/batch-0.jsonl"), jsonl(good));
    const folder = temporaryFolder();
    symlinkSync(outside, join(folder, "linked"));
    await expect(importNeuronpedia(folder, folder)).rejects.toThrow(/contains no Neuronpedia export/);
  });

  it("of two models is refused", async () => {
    const folder = temporaryFolder();
    for (const modelId of ["a", "b"])
      write(join(folder, `${modelId}/0-${modelId}/features/batch-0.jsonl`), jsonl({ ...good, modelId, layer: `0-${modelId}` }));
    await expect(importNeuronpedia(folder, folder)).rejects.toThrow(/several models \(a, b\)/);
  });
});
