import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { FullWeights } from "@/server/engine/methods/full/full-weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { type FullConfigFile, fullFolder, writeFullFolder } from "@/server/files/adapters/full-folder";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { loadBase, loadBaseModel } from "@/server/runtime/models/load-base-model";
import { loadTrained } from "@/server/runtime/models/load-full";
import { loadTop } from "@/server/runtime/models/loaded-model";
import { freeTop } from "@/server/runtime/models/loaded-top";
import { largestDifference } from "@/tests/server/engine/tiny";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const config: FullConfigFile = {
  training: "full",
  format_version: 1,
  base_model_name_or_path: "tiny",
  revision: null,
  target_modules: null,
  layers_to_transform: null,
  fan_in_fan_out: false,
};

/** A folder of what PyTorch trained, by the names that it gives them; tests/golden/full tells how. */
function folderOf(name: string, prefix: string, changes: Partial<FullConfigFile>): string {
  const file = openSafetensors(join("tests/golden/full", `${name}.safetensors`));
  const names = file.names().filter((tensor) => tensor.startsWith(prefix));
  const tensors = new Map(names.map((tensor) => [tensor.slice(prefix.length), { shape: file.shape(tensor), data: file.read(tensor) }]));
  file.close();
  const folder = join(temporaryFolder(), "trained");
  writeFullFolder(folder, { config: { ...config, ...changes }, tensors });
  return folder;
}

function golden(name: string, tensor: string): Float32Array {
  const file = openSafetensors(join("tests/golden/full", `${name}.safetensors`));
  const values = file.read(tensor);
  file.close();
  return values;
}

beforeAll(async () => {
  await startEngine();
});
afterAll(() => {
  expect(liveTensors()).toBe(0);
});

describe("weights that PyTorch trained whole", () => {
  it.each([
    ["llama-odd", ["down_proj", "q_proj", "v_proj"], false],
    ["gpt2-narrow", ["c_attn", "mlp.c_proj"], true],
  ] as const)("of %s give its logits, and leave the base model as it is", (name, modules, isByInput) => {
    const base = loadBaseModel(join("tests/golden/models", name), "exact");
    const { model } = base;
    const rowFile = openSafetensors(join("tests/golden/models", name, "expected.safetensors"));
    const [, rows = 0, tokens = 0] = rowFile.shape("input_ids");
    const of = (tensor: string) => rowFile.readInts(tensor).slice(0, rows * tokens);
    const batch = { ids: of("input_ids"), attentionMask: of("attention_mask"), rows, tokens };
    rowFile.close();
    const isReal = (_: number, at: number) => batch.attentionMask[Math.floor(at / model.config.vocab)] === 1;
    const logits = (hooks?: ReturnType<typeof adapterHooks>) =>
      tidy(() => readFloats(model.logits(model.forward(batch, { hooks }).final)).filter(isReal));
    const trained = loadTrained(folderOf(name, "after.", { target_modules: [...modules], fan_in_fan_out: isByInput }), model);
    expect(largestDifference(logits(), golden(name, "logits").filter(isReal))).toBeLessThan(1e-5);
    expect(largestDifference(logits(adapterHooks(trained)), golden(name, "logitsAfter").filter(isReal))).toBeLessThan(1e-5);
    trained.free();
    model.free();
  });

  it.each(["bert-regression", "roberta-relu", "deberta-buckets"])("of %s give its scores, with the head or in it alone", (name) => {
    const base = loadBase(join("tests/golden/encoders", name), "exact");
    const values = openSafetensors(join("tests/golden/encoders", name, "expected.safetensors"));
    const [, rows = 0, tokens = 0] = values.shape("input_ids");
    const of = (tensor: string) => values.readInts(tensor).slice(0, rows * tokens);
    const batch = { ids: of("input_ids"), attentionMask: of("attention_mask"), tokenTypeIds: of("token_type_ids"), rows, tokens };
    values.close();
    for (const training of ["full", "head"] as const) {
      const top = loadTop(base, folderOf(name, `${training}.after.`, { training }));
      const { trained, adapter, classifier } = top;
      expect([trained, adapter]).toEqual([training === "full" ? expect.any(FullWeights) : undefined, undefined]);
      if (classifier === undefined) expect.fail("no head");
      const { model, head } = classifier;
      const scores = tidy(() => readFloats(model.scores(batch, trained && adapterHooks(trained), head.read())));
      expect(largestDifference(scores, golden(name, `${training}.scoresAfter`))).toBeLessThan(1e-5);
      freeTop(top);
    }
    base.model.free();
  });
});

describe("a folder of whole weights", () => {
  it.each(["models/llama-odd", "models/gpt2-narrow"])(
    "of %s holds names and shapes of the checkpoint, so that Python puts them in place",
    (name) => {
      const path = join("tests/golden", name);
      const { model } = loadBaseModel(path, "exact");
      const full = FullWeights.create(model.projections, null);
      const { tensors } = fullFolder({ ...config, fan_in_fan_out: model.config.storesByInput }, full.tensors());
      const { weights } = openCheckpoint(path);
      expect(tensors.size).toBeGreaterThan(4);
      for (const [tensor, { shape, data }] of tensors) {
        expect(weights.shape(tensor), tensor).toEqual(shape);
        expect(data, tensor).toEqual(weights.read(tensor));
      }
      weights.close();
      full.free();
      model.free();
    },
  );

  it("is refused over another model, and a head over one that continues text", () => {
    const { model } = loadBaseModel("tests/golden/models/llama-odd", "exact");
    expect(() => loadTrained(folderOf("gpt2-narrow", "after.", { target_modules: ["c_attn"] }), model)).toThrow(
      /"c_attn" matches no module/,
    );
    expect(() => loadTrained(folderOf("bert-regression", "head.after.", { training: "head" }), model)).toThrow(
      /holds a head \(classifier\..*\), but causal language models use their own/,
    );
    model.free();
  });
});
