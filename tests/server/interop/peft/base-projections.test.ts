import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { startEngine } from "@/server/engine/tensor/backend";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { baseHead } from "@/server/interop/peft/base-head";
import { baseProjections } from "@/server/interop/peft/base-projections";
import { describeModel } from "@/server/runtime/models/describe-model";
import { loadBase, loadBaseModel } from "@/server/runtime/models/load-base-model";
import { GOLDEN_LLAVAS } from "@/tests/server/engine/tiny-llava";
import { toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const golden = "tests/golden";
const folders = ["models", "encoders"].flatMap((group) =>
  readdirSync(join(golden, group), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(group, name)),
);
const encoders = folders.filter((folder) => folder.startsWith("encoders"));

beforeAll(() => startEngine());

/** As the engine has them. */
function projectionsOf(path: string) {
  const { projections } = loadBase(path, "exact").model;
  return new Map(projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }]));
}

/** The checkpoint of the bare encoder: without the model's prefix and its head. */
function layBare(folder: string): string {
  const bare = join(temporaryFolder(), "bare");
  cpSync(join(golden, folder), bare, { recursive: true });
  const file = openSafetensors(join(bare, "model.safetensors"));
  const names = file.names().filter((name) => !name.startsWith("classifier."));
  const tensors = names.map((name) => [
    name.replace(/^(?:bert|roberta|deberta)\./, ""),
    { shape: file.shape(name), data: file.read(name) },
  ]);
  file.close();
  writeSafetensors(join(bare, "model.safetensors"), Object.fromEntries(tensors), { format: "pt" });
  return bare;
}

describe("the projections of a base model, from its files alone", () => {
  test.each([...folders, "tiny/gpt_neox"])("are those that the engine has: %s", (folder) => {
    const path = join(golden, folder);
    expect(new Map([...baseProjections(describeModel(path))].sort())).toEqual(new Map([...projectionsOf(path)].sort()));
  });

  test.each(GOLDEN_LLAVAS)("are those of all parts of tiny/%s, with those of blocks that no feature hangs on", (name) => {
    const path = join(golden, "tiny", name);
    const { model } = loadBaseModel(path, "exact");
    const unread = (model.images?.unread ?? []).map(({ module, dIn, dOut }) => [module, { dIn, dOut }] as const);
    expect(unread.length > 0).toBe(name === "llava-vit");
    const known = new Map([...projectionsOf(path), ...unread].sort());
    expect(new Map([...baseProjections({ path, architecture: "llava", projections: [] })].sort())).toEqual(known);
    model.free();
  });

  test.each(["mixtral", "qwen3_moe"] as const)("are those of attention and of whole MLPs where %s has experts", (name) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "config.json"), JSON.stringify(toyConfigs[name]));
    const weights = toyWeights(toyConfigs[name]);
    const tensors = weights.names().map((each) => [each, { shape: [...weights.shape(each)], data: weights.read(each) }] as const);
    writeSafetensors(join(folder, "model.safetensors"), Object.fromEntries(tensors), { format: "pt" });
    const description = describeModel(folder);
    const attention = ["k_proj", "o_proj", "q_proj", "v_proj"];
    // The first layer of this Qwen3 has one MLP.
    const mlp = name === "mixtral" ? [] : ["down_proj", "gate_proj", "up_proj"];
    expect(description.projections.map((projection) => projection.name).sort()).toEqual([...attention, ...mlp].sort());
    expect(new Map([...baseProjections(description)].sort())).toEqual(new Map([...projectionsOf(folder)].sort()));
  });

  test.each(encoders)("are so of the bare encoder too: %s", (folder) => {
    const path = layBare(folder);
    const found = baseProjections(describeModel(path));
    expect(new Map([...found].sort())).toEqual(new Map([...projectionsOf(path)].sort()));
    expect(found.size).toBe(baseProjections(describeModel(join(golden, folder))).size);
  });
});

describe("the head of a base model", () => {
  test("has as many labels as its scores, and none of a bare encoder", () => {
    const labels = (path: string) => baseHead(describeModel(path)).ownLabels;
    expect(encoders.map((folder) => labels(join(golden, folder)))).toEqual([1, 2, 5, 2, 3, 2]);
    expect(labels(layBare("encoders/roberta-relu"))).toBeUndefined();
  });

  test("needs a pooler where the checkpoint has none", () => {
    const path = layBare("encoders/deberta-own");
    const withPooler = baseHead(describeModel(path));
    expect(withPooler).toMatchObject({ needed: [], possible: ["pooler.dense"] });
    const file = openSafetensors(join(path, "model.safetensors"));
    const names = file.names().filter((name) => !name.startsWith("pooler."));
    const tensors = Object.fromEntries(names.map((name) => [name, { shape: file.shape(name), data: file.read(name) }]));
    file.close();
    writeSafetensors(join(path, "model.safetensors"), tensors, { format: "pt" });
    expect(baseHead(describeModel(path))).toMatchObject({ needed: ["pooler.dense"], possible: [] });
  });
});
