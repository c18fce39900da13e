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

describe.runIf(fixturesFolder)("headless logits of an encoder", references, () => {
  test.each(["bert", "roberta", "deberta-v2"])("%s: scores of both heads, hidden states and activations are PyTorch's", async (name) => {
    const folder = temporaryFolder();
    const source = join(fixtures, "tiny", name);
    const expected = openSafetensors(join(source, "expected.safetensors"));
    const [, rows = 0, tokens = 0] = expected.shape("train.input_ids");
    const first = (tensor: string) => table(expected.readInts(tensor).subarray(0, rows * tokens), tokens);
    const input = { input_ids: first("train.input_ids"), attention_mask: first("train.attention_mask") };
    writeFileSync(join(folder, "input.json"), JSON.stringify(input));
    const io = ["--model", source, "--input", join(folder, "input.json"), "--output"];

    await stanscopeSucceeds("logits", ...io, join(folder, "base.safetensors"), "--hidden");
    const base = openSafetensors(join(folder, "base.safetensors"));
    expect(largestDifference(base.read("logits"), expected.read("base.logits"))).toBeLessThan(1e-5);
    for (const layer of [0, 1, 2]) {
      expect(largestDifference(base.read(`hidden.${layer}`), expected.read(`base.hidden.${layer}`))).toBeLessThan(1e-5);
    }
    for (const method of ["stan-m64-k4", "lora-r4"]) {
      const adapter = ["--adapter", join(source, method), "--activations"];
      await stanscopeSucceeds("logits", ...io, join(folder, `${method}.safetensors`), ...adapter);
      const adapted = openSafetensors(join(folder, `${method}.safetensors`));
      const wanted = expected.read(method === "lora-r4" ? "lora.logits_after" : "stan.logits_after");
      expect(largestDifference(adapted.read("logits"), wanted)).toBeLessThan(2e-5);
      const indices = adapted.names().filter((tensor) => tensor.endsWith(".indices"));
      expect(indices.length).toBe(4);
      for (const tensor of indices) expect(adapted.shape(tensor)).toEqual([rows, tokens, 4]);
    }
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
