import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCheckpoint, openTokenizer } from "@/server/files/weights/checkpoint-folder";
import { writeSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, references, tinyDecoders, tinyEncoders } from "@/tests/support/fixtures";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const one = { shape: [2], data: Float32Array.of(1, 2) };
const two = { shape: [3], data: Float32Array.of(3, 4, 5) };

describe("a checkpoint folder", () => {
  it("gives configuration, weights, tokenizer and generation settings", () => {
    const folder = folderWith({
      "config.json": { model_type: "llama", hidden_size: 2 },
      "tokenizer.json": { model: {} },
      "tokenizer_config.json": { chat_template: "old" },
      "chat_template.jinja": "new",
      "generation_config.json": { eos_token_id: 2 },
    });
    writeSafetensors(join(folder, "model.safetensors"), { a: one });
    const { weights, bytes, ...rest } = openCheckpoint(folder);
    expect(rest).toEqual({
      config: { model_type: "llama", hidden_size: 2 },
      tokenizer: { kind: "huggingface", tokenizerJson: { model: {} }, tokenizerConfig: { chat_template: "new" } },
      generationConfig: { eos_token_id: 2 },
      format: "safetensors",
    });
    expect([...weights.read("a")]).toEqual([1, 2]);
    expect(bytes).toBeGreaterThan(8);
    weights.close();
  });

  it("gives its tokenizer where there are no weights", () => {
    const folder = folderWith({ "tokenizer.json": { model: {} }, "generation_config.json": { eos_token_id: 2 } });
    expect(openTokenizer(folder)).toEqual({
      tokenizer: { kind: "huggingface", tokenizerJson: { model: {} }, tokenizerConfig: {} },
      generationConfig: { eos_token_id: 2 },
    });
  });

  it("keeps names of tensors that JavaScript's objects have by themselves", () => {
    const folder = folderWith({ "config.json": { model_type: "gpt_neox" } });
    writeSafetensors(join(folder, "model.safetensors"), { constructor: one, toString: two });
    const { weights } = openCheckpoint(folder);
    expect(weights.names()).toEqual(["constructor", "toString"]);
    weights.close();
  });

  it("is read over its shards", () => {
    const { weights } = openCheckpoint(sharded({ a: "one.safetensors", b: "two.safetensors" }));
    expect(weights.names()).toEqual(["a", "b"]);
    expect([...weights.read("b")]).toEqual([3, 4, 5]);
    expect(() => weights.read("c")).toThrow('"c"');
    weights.close();
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      "shards that are missing",
      { a: "one.safetensors", b: "three.safetensors", c: "four.safetensors" },
      /index.json: names 2 of 3 shards that are missing: four.safetensors, three.safetensors/,
    ],
    [
      "a tensor that is in another shard",
      { a: "two.safetensors" },
      /two.safetensors: is missing the tensor "a" that the index places here/,
    ],
    ["a shard outside the folder", { a: "../one.safetensors" }, /places "a" in "..\/one.safetensors", which is not a file name/],
  ])("is refused for %s", (_, map, message) => {
    expect(() => openCheckpoint(sharded(map))).toThrow(message);
  });

  it("is refused when a file is missing or malformed, by name", () => {
    expect(() => openCheckpoint(temporaryFolder())).toThrow(/config.json: no such file/);
    expect(() => openCheckpoint(folderWith({ "config.json": "{" }))).toThrow(/config.json: is not valid JSON/);
    expect(() => openCheckpoint(folderWith({ "config.json": {} }))).toThrow(/config.json: is missing the key "model_type"/);
    const noWeights = folderWith({ "config.json": { model_type: "llama" }, "pytorch_model.bin": "" });
    expect(() => openCheckpoint(noWeights)).toThrow(/contains neither model.safetensors nor .*safe_serialization=True/);
    expect(() => openCheckpoint("/nowhere/model")).toThrow("/nowhere/model: no such file or folder");
  });

  it("of GPT-2's first form has its names completed and its masks left out", () => {
    const folder = folderWith({ "config.json": { model_type: "gpt2" } });
    writeSafetensors(join(folder, "model.safetensors"), {
      "wte.weight": one,
      "h.0.attn.c_attn.bias": two,
      "h.0.attn.bias": one,
      "h.0.attn.masked_bias": one,
    });
    const { weights } = openCheckpoint(folder);
    expect(weights.names().sort()).toEqual(["transformer.h.0.attn.c_attn.bias", "transformer.wte.weight"]);
    expect([...weights.read("transformer.h.0.attn.c_attn.bias")]).toEqual([3, 4, 5]);
    weights.close();
  });
});

describe.runIf(fixturesFolder)("checkpoints that transformers wrote", references, () => {
  it.each([...tinyDecoders, ...tinyEncoders])("%s is opened", (name) => {
    const { config, weights, tokenizer } = openCheckpoint(join(fixturesFolder ?? "", "tiny", name));
    expect(config.model_type).toBe(name);
    expect(weights.read(weights.names()[0] ?? "").length).toBeGreaterThan(0);
    expect(tokenizer).toBeNull();
    weights.close();
  });

  it("the demonstration's bfloat16 weights are finite", () => {
    const { weights } = openCheckpoint(join(fixturesFolder ?? "", "demo-model"));
    expect(weights.names().every((name) => weights.read(name).every(Number.isFinite))).toBe(true);
    weights.close();
  });
});

function sharded(map: Record<string, string>): string {
  const folder = folderWith({ "config.json": { model_type: "llama" }, "model.safetensors.index.json": { weight_map: map } });
  writeSafetensors(join(folder, "one.safetensors"), { a: one });
  writeSafetensors(join(folder, "two.safetensors"), { b: two });
  return folder;
}

/** @param files text as it is, anything else as JSON */
function folderWith(files: Record<string, unknown>): string {
  const folder = join(temporaryFolder(), "model");
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return folder;
}
