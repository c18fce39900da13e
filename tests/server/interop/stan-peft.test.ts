import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { readAdapter, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { loadAdapter } from "@/server/runtime/models/load-adapter";
import { loadBaseModel } from "@/server/runtime/models/load-base-model";
import { largestDifference } from "@/tests/server/engine/tiny";
import { temporaryFolder } from "@/tests/support/temporary-folder";

/** Adapters that PEFT trained and saved through the package in python/stanscope_peft, by their base models. */
const cases = [
  ["gpt2-abs", "gpt2-narrow"],
  ["llama-patterns", "llama-odd"],
  ["qwen2-relu", "qwen2-tied"],
] as const;

beforeAll(() => startEngine());

test.each(cases)("%s, as PEFT saved it, gives PyTorch's logits", (name, base) => {
  const { model } = loadBaseModel(join("tests/golden/models", base), "exact");
  const rows = openSafetensors(join("tests/golden/models", base, "expected.safetensors"));
  const [, height = 0, tokens = 0] = rows.shape("input_ids");
  const first = (tensor: string) => rows.readInts(tensor).slice(0, height * tokens);
  const attentionMask = first("attention_mask");
  const folder = join("tests/golden/stan-peft", name);
  const adapter = loadAdapter(folder, model);
  const batch = { ids: first("input_ids"), attentionMask, rows: height, tokens };
  const got = tidy(() => readFloats(model.logits(model.forward(batch, { hooks: adapterHooks(adapter) }).final)));
  const real = (values: Float32Array) => values.filter((_, at) => attentionMask[Math.floor(at / model.config.vocab)] === 1);
  const expected = openSafetensors(join(folder, "expected.safetensors")).read("logits");
  expect(largestDifference(real(got), real(expected))).toBeLessThan(1e-5);
});

test.each(cases)("%s is written again as PEFT saved it: every key of the configuration, every tensor bit for bit", (name) => {
  const source = join("tests/golden/stan-peft", name);
  const folder = join(temporaryFolder(), "again");
  writeAdapter(folder, readAdapter(source));
  const config = (path: string) => JSON.parse(readFileSync(join(path, "adapter_config.json"), "utf8"));
  expect(config(folder)).toEqual(config(source));
  const tensors = (path: string) => {
    const file = openSafetensors(join(path, "adapter_model.safetensors"));
    return Object.fromEntries(file.names().map((tensor) => [tensor, { shape: file.shape(tensor), data: [...file.read(tensor)] }]));
  };
  expect(tensors(folder)).toEqual(tensors(source));
});
