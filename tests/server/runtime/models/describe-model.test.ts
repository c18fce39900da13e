import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { namedByPlace } from "@/lib/contract/architectures/projection-places";
import { expectedCost } from "@/lib/contract/expected-cost";
import { isEncoder } from "@/lib/contract/model";
import { FullWeights } from "@/server/engine/methods/full/full-weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { writeSafetensors } from "@/server/files/weights/safetensors";
import { describeModel, hashModel } from "@/server/runtime/models/describe-model";
import { loadBase } from "@/server/runtime/models/load-base-model";
import { toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyDit } from "@/tests/support/tiny-denoising-training";

describe("the description of a model", () => {
  test.each([
    ["of a pipeline", ""],
    ["of a transformer alone", "transformer"],
  ])("of diffusion says what its images become: %s", (_, part) => {
    const folder = join(layTinyDit(temporaryFolder()), part);
    if (part !== "") cpSync(join(folder, "../scheduler/scheduler_config.json"), join(folder, "scheduler_config.json"));
    expect(describeModel(folder)).toMatchObject({
      architecture: "DiTTransformer2DModel",
      contextLength: 16,
      images: { resize: { shortestEdge: 8 }, filter: "bilinear", size: { height: 8, width: 8 }, mean: [0.5, 0.5, 0.5] },
    });
  });

  test("of diffusion is refused where nothing says how noise is added, or an autoencoder comes before", () => {
    const folder = layTinyDit(temporaryFolder());
    expect(() => describeModel(join(folder, "transformer"))).toThrow(/scheduler_config.json: no such file; it says how noise is added/);
    mkdirSync(join(folder, "vae"));
    expect(() => describeModel(folder)).toThrow(/denoises the latents of an autoencoder/);
  });

  test("names a diffusion model by its weights and by how noise is added", async () => {
    const folder = layTinyDit(temporaryFolder());
    const hash = () => hashModel(folder, () => undefined, new AbortController().signal);
    const before = await hash();
    expect(await hash()).toBe(before);
    const scheduler = join(folder, "scheduler/scheduler_config.json");
    writeFileSync(scheduler, readFileSync(scheduler, "utf8").replace("v_prediction", "epsilon"));
    expect(await hash()).not.toBe(before);
  });

  test("of the demonstration's model has its size, its shape and its adaptable projections", () => {
    expect(describeModel("demo/model")).toEqual({
      architecture: "llama",
      format: "safetensors",
      path: "demo/model",
      parameters: 5_401_856,
      sizeBytes: expect.any(Number),
      numLayers: 6,
      dModel: 256,
      heads: 8,
      vocab: 4096,
      contextLength: 512,
      hasChatTemplate: false,
      projections: expect.arrayContaining([
        { name: "q_proj", dIn: 256, dOut: 256, hasBias: false },
        { name: "v_proj", dIn: 256, dOut: 128, hasBias: false },
        { name: "down_proj", dIn: 688, dOut: 256, hasBias: false },
      ]),
      defaultTargets: ["q_proj", "v_proj"],
    });
    expect(describeModel("demo/model").projections).toHaveLength(7);
  });

  test("of GPT-2 names its two modules of one name by their places, also as an earlier version stored them", () => {
    const { projections } = describeModel("tests/golden/models/gpt2-narrow");
    const names = ["attn.c_proj", "c_attn", "c_fc", "mlp.c_proj"];
    expect(projections.map(({ name }) => name).sort()).toEqual(names);
    const before = projections.map((projection) => ({ ...projection, name: projection.name.replace(/^.*\./, "") }));
    expect(namedByPlace(before, "gpt2")).toEqual(projections);
    expect(namedByPlace(before, "unknown")).toEqual(before);
  });

  test.runIf(fixturesFolder)("of an encoder names its projections within the block, since several are called dense", references, () => {
    const described = describeModel(join(fixturesFolder ?? "", "tiny/deberta-v2"));
    expect(described).toMatchObject({ architecture: "deberta-v2", numLayers: 2, dModel: 64, vocab: 512, hasChatTemplate: false });
    expect(described.defaultTargets).toEqual(["query_proj", "value_proj"]);
    expect(described.projections.map(({ name }) => name).sort()).toEqual([
      "attention.output.dense",
      "attention.self.key_proj",
      "attention.self.query_proj",
      "attention.self.value_proj",
      "intermediate.dense",
      "output.dense",
    ]);
    expect(described.projections).toContainEqual({ name: "attention.self.query_proj", dIn: 64, dOut: 64, hasBias: true });
    expect(isEncoder(described)).toBe(true);
    expect(isEncoder(describeModel("demo/model"))).toBe(false);
  });

  test.each([
    "models/llama-odd",
    "models/gpt2-narrow",
    "tiny/gpt_neox",
    "encoders/bert-regression",
    "encoders/roberta-relu",
    "encoders/deberta-buckets",
  ])("of %s counts what full fine-tuning trains, biases and a pooler too", async (name) => {
    await startEngine();
    const path = `tests/golden/${name}`;
    const base = loadBase(path, "exact");
    const full = FullWeights.create(base.model.projections, null);
    const described = { id: "m", name: "m", revision: "", createdAt: "", ...describeModel(path) };
    expect(expectedCost({ method: "full", targets: null }, described)?.trainableParameters).toBe(full.trainableParameters);
    full.free();
    base.model.free();
  });

  test("names projections that only some blocks have, with these blocks, and counts them as often", async () => {
    await startEngine();
    // Its first block has a plain MLP, its second experts, which carry no adapter.
    const folder = temporaryFolder();
    const weights = toyWeights(toyConfigs.qwen3_moe);
    const tensors = weights.names().map((name) => [name, { shape: weights.shape(name), data: weights.read(name) }] as const);
    writeFileSync(join(folder, "config.json"), JSON.stringify(toyConfigs.qwen3_moe));
    writeSafetensors(join(folder, "model.safetensors"), Object.fromEntries(tensors));
    const described = { id: "m", name: "m", revision: "", createdAt: "", ...describeModel(folder) };
    const layersOf = Object.fromEntries(described.projections.map(({ name, layers }) => [name, layers]));
    expect(layersOf).toEqual({
      ...{ q_proj: undefined, k_proj: undefined, v_proj: undefined, o_proj: undefined },
      ...{ gate_proj: [0], up_proj: [0], down_proj: [0] },
    });
    const base = loadBase(folder, "exact");
    const full = FullWeights.create(base.model.projections, null);
    expect(expectedCost({ method: "full", targets: null }, described)?.trainableParameters).toBe(full.trainableParameters);
    full.free();
    base.model.free();
  });

  test("names projections that the first block does not have", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "config.json"), JSON.stringify(toyConfigs.llama));
    const weight = { shape: [4, 6], data: new Float32Array(24) };
    const names = ["0.self_attn.q_proj", "1.self_attn.q_proj", "1.mlp.down_proj"];
    writeSafetensors(join(folder, "model.safetensors"), Object.fromEntries(names.map((name) => [`model.layers.${name}.weight`, weight])));
    expect(describeModel(folder).projections).toEqual([
      { name: "q_proj", dIn: 6, dOut: 4, hasBias: false },
      { name: "down_proj", dIn: 6, dOut: 4, hasBias: false, layers: [1] },
    ]);
  });

  test("lists what is supported, encoders too, where the architecture is not known", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "config.json"), '{"model_type":"mamba"}');
    writeSafetensors(join(folder, "model.safetensors"), { weight: { shape: [1], data: new Float32Array(1) } });
    expect(() => describeModel(folder)).toThrow(/"mamba" is not supported; supported: llama, .*gpt2, gpt_neox, bert, roberta, deberta-v2/);
  });

  test("names the folder and the key of a model that the engine cannot run", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "config.json"), '{"model_type":"mamba"}');
    expect(() => describeModel(folder)).toThrow(folder);
    expect(() => describeModel(join(folder, "missing"))).toThrow(/missing/);
  });
});

describe("the hash of a model", () => {
  test("changes with a byte of the weights, and with nothing beside them", async () => {
    const folder = temporaryFolder();
    const hash = () => hashModel(folder, () => {}, new AbortController().signal);
    writeFileSync(join(folder, "config.json"), "{}");
    writeFileSync(join(folder, "model.safetensors"), "abc");
    const first = await hash();
    writeFileSync(join(folder, "README.md"), "hello");
    expect(await hash()).toBe(first);
    writeFileSync(join(folder, "model.safetensors"), "abd");
    expect(await hash()).not.toBe(first);
  });
});
