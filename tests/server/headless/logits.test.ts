import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, modelsFolder, references } from "@/tests/support/fixtures";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const fixtures = fixturesFolder ?? "";

/** Rows of an integer tensor, as JSON has them. */
function table(values: Int32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, at) => Math.max(largest, Math.abs(value - (b[at] ?? Number.NaN))), 0);
}

/** How a kind of model is compared with PyTorch: tolerances, values and adapters. */
type Kind = {
  readonly near: { readonly base: number; readonly adapted: number };
  /** Those values of a batch with this mask that are compared. */
  compared(values: Float32Array, mask: readonly number[]): Float32Array;
  readonly adapters: readonly (readonly [folder: string, logits: string])[];
  /** How many modules are adapted; undefined where any number will do. */
  readonly modules: number | undefined;
};

const text: Kind = {
  near: { base: 2e-5, adapted: 5e-5 },
  // Values at padding do not matter: only real tokens are compared.
  compared: (values, mask) => values.filter((_, at) => mask[Math.floor(at / (values.length / mask.length))] === 1),
  adapters: [["stan-m64-k4", "stan.logits_after"]],
  modules: undefined,
};

const encoder: Kind = {
  near: { base: 1e-5, adapted: 2e-5 },
  compared: (values) => values,
  adapters: [
    ["stan-m64-k4", "stan.logits_after"],
    ["lora-r4", "lora.logits_after"],
  ],
  modules: 4,
};

describe.runIf(fixturesFolder)("headless logits", references, () => {
  test.each([
    ["llama", text],
    ["qwen2", text],
    ["qwen3", text],
    ["phi3", text],
    ["mixtral", text],
    ["gemma2", text],
    ["gemma3_text", text],
    ["gpt2", text],
    ["gpt_neox", text],
    ["bert", encoder],
    ["roberta", encoder],
    ["deberta-v2", encoder],
  ])("of %s, its hidden states and activations are PyTorch's", async (architecture, { near, compared, adapters, modules }) => {
    const folder = temporaryFolder();
    const source = join(fixtures, "tiny", architecture);
    const expected = openSafetensors(join(source, "expected.safetensors"));
    const [, rows = 0, tokens = 0] = expected.shape("train.input_ids");
    const first = (name: string) => table(expected.readInts(name).subarray(0, rows * tokens), tokens);
    const input = { input_ids: first("train.input_ids"), attention_mask: first("train.attention_mask") };
    writeFileSync(join(folder, "input.json"), JSON.stringify(input));
    const io = ["--model", source, "--input", join(folder, "input.json"), "--output"];

    await stanscopeSucceeds("logits", ...io, join(folder, "base.safetensors"), "--hidden");
    const base = openSafetensors(join(folder, "base.safetensors"));
    const mask = input.attention_mask.flat();
    const difference = (got: Float32Array, name: string) => largestDifference(compared(got, mask), compared(expected.read(name), mask));
    expect(difference(base.read("logits"), "base.logits")).toBeLessThan(near.base);
    for (const layer of [0, 1, 2]) expect(difference(base.read(`hidden.${layer}`), `base.hidden.${layer}`)).toBeLessThan(near.base);

    for (const [adapter, logits] of adapters) {
      const output = join(folder, `${adapter}.safetensors`);
      await stanscopeSucceeds("logits", ...io, output, "--adapter", join(source, adapter), "--activations");
      const adapted = openSafetensors(output);
      expect(difference(adapted.read("logits"), logits)).toBeLessThan(near.adapted);
      const indices = adapted.names().filter((name) => name.endsWith(".indices"));
      expect(indices.length).toBeGreaterThan(0);
      if (modules !== undefined) expect(indices.length).toBe(modules);
      for (const name of indices) expect(adapted.shape(name)).toEqual([rows, tokens, 4]);
    }
  });

  test("says which row of the input is at fault, and writes nothing", async () => {
    const folder = temporaryFolder();
    const output = join(folder, "out.safetensors");
    writeFileSync(join(folder, "ragged.json"), '{"input_ids": [[1, 2, 3], [4, 5]]}');
    const model = join(fixtures, "tiny", "llama");
    const ragged = await stanscope("logits", "--model", model, "--input", join(folder, "ragged.json"), "--output", output);
    expect(ragged.status).toBe(1);
    expect(ragged.errors).toMatch(/input_ids row 1 has 2 tokens/);
    writeFileSync(join(folder, "outside.json"), '{"input_ids": [[1, 2, 9999]]}');
    const outside = await stanscope("logits", "--model", model, "--input", join(folder, "outside.json"), "--output", output);
    expect(outside.errors).toMatch(/9999/);
    expect(() => openSafetensors(output)).toThrow();
  });

  test("refuses an adapter of another model, naming the tensor", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "input.json"), '{"input_ids": [[1, 2, 3]]}');
    const { status, errors } = await stanscope(
      "logits",
      "--model",
      join(fixtures, "tiny", "gpt2"),
      "--adapter",
      join(fixtures, "tiny", "llama", "stan-m64-k4"),
      "--input",
      join(folder, "input.json"),
      "--output",
      join(folder, "out.safetensors"),
    );
    expect(status).toBe(1);
    expect(errors).toMatch(/adapter_config\.json|adapter_model\.safetensors/);
    expect(errors.trim().split("\n")).toHaveLength(1);
  });

  test("refuses an adapter of another encoder, a token type that the model lacks, and to generate, by name", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "input.json"), '{"input_ids": [[4, 5, 6]], "token_type_ids": [[0, 1, 2]]}');
    const bert = join(fixtures, "tiny", "bert");
    const io = ["--input", join(folder, "input.json"), "--output", join(folder, "out.safetensors")];
    const types = await stanscope("logits", "--model", bert, ...io);
    expect([types.status, types.errors]).toEqual([1, expect.stringContaining("row 0, token 2: token type 2 is not in 0…1")]);
    writeFileSync(join(folder, "input.json"), '{"input_ids": [[4, 5, 6]]}');
    const other = await stanscope("logits", "--model", bert, "--adapter", join(fixtures, "tiny", "roberta", "lora-r4"), ...io);
    expect([other.status, other.errors]).toEqual([1, expect.stringMatching(/adapter_model\.safetensors: .*roberta\.encoder/)]);
    const words = await stanscope("generate", "--model", bert, "--prompt", "Hi", "--max-tokens", "3");
    expect([words.status, words.errors]).toEqual([1, expect.stringContaining('model_type "bert" is an encoder')]);
  });
});

describe.runIf(fixturesFolder && modelsFolder)("headless logits of a bare encoder", references, () => {
  test("gives unit sentence embeddings, as sentence-transformers does", async () => {
    const folder = temporaryFolder();
    const expected = openSafetensors(join(fixtures, "parity", "minilm.safetensors"));
    const [, tokens = 0] = expected.shape("input_ids");
    const input = {
      input_ids: table(expected.readInts("input_ids"), tokens),
      attention_mask: table(expected.readInts("attention_mask"), tokens),
    };
    writeFileSync(join(folder, "input.json"), JSON.stringify(input));
    const model = join(modelsFolder ?? "", "all-minilm-l6-v2");
    await stanscopeSucceeds("logits", "--model", model, "--input", join(folder, "input.json"), "--output", join(folder, "o.safetensors"));
    const output = openSafetensors(join(folder, "o.safetensors"));
    expect(output.names()).toEqual(["embedding"]);
    expect(largestDifference(output.read("embedding"), expected.read("embedding"))).toBeLessThan(1e-5);
  });
});
