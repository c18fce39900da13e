import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, references } from "@/tests/support/fixtures";
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

describe.runIf(fixturesFolder)("headless logits", references, () => {
  test.each(["llama", "qwen2", "gpt2", "gpt_neox"])("of %s, its hidden states and activations are PyTorch's", async (architecture) => {
    const folder = temporaryFolder();
    const source = join(fixtures, "tiny", architecture);
    const expected = openSafetensors(join(source, "expected.safetensors"));
    const size = expected.shape("base.logits").slice(0, 2);
    const [rows = 0, tokens = 0] = size;
    const first = (name: string) => table(expected.readInts(name).subarray(0, rows * tokens), tokens);
    const input = { input_ids: first("train.input_ids"), attention_mask: first("train.attention_mask") };
    writeFileSync(join(folder, "input.json"), JSON.stringify(input));
    const io = ["--model", source, "--input", join(folder, "input.json"), "--output"];

    await stanscopeSucceeds("logits", ...io, join(folder, "base.safetensors"), "--hidden");
    const base = openSafetensors(join(folder, "base.safetensors"));
    // What stands at padding is nobody's business: only real tokens are compared.
    const isReal = input.attention_mask.flat();
    const real = (values: Float32Array) => values.filter((_, at) => isReal[Math.floor(at / (values.length / isReal.length))] === 1);
    const compare = (got: Float32Array, name: string) => largestDifference(real(got), real(expected.read(name)));
    expect(compare(base.read("logits"), "base.logits")).toBeLessThan(2e-5);
    for (const layer of [0, 1, 2]) expect(compare(base.read(`hidden.${layer}`), `base.hidden.${layer}`)).toBeLessThan(2e-5);

    await stanscopeSucceeds(
      "logits",
      ...io,
      join(folder, "adapted.safetensors"),
      "--adapter",
      join(source, "stan-m64-k4"),
      "--activations",
    );
    const adapted = openSafetensors(join(folder, "adapted.safetensors"));
    expect(compare(adapted.read("logits"), "stan.logits_after")).toBeLessThan(5e-5);
    const indices = adapted.names().filter((name) => name.endsWith(".indices"));
    expect(indices.length).toBeGreaterThan(0);
    for (const name of indices) expect(adapted.shape(name)).toEqual([rows, tokens, 4]);
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
});
