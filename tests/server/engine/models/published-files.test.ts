import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { largestDifference } from "@/tests/server/engine/tiny";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { temporaryFolder } from "@/tests/support/temporary-folder";

beforeAll(async () => {
  await startEngine();
});
afterEach(() => {
  expect(liveTensors()).toBe(0);
});

/** Of the rows of the first training batch. */
function logitsOf(path: string, ids: Int32Array, tokens: number): Float32Array {
  const { config, weights } = openCheckpoint(path);
  const model = loadCausalModel(config, weights);
  weights.close();
  const logits = tidy(() => readFloats(model.logits(model.forward({ ids, rows: ids.length / tokens, tokens }).final)));
  model.free();
  return logits;
}

describe.runIf(fixturesFolder)("a configuration in the spelling of published files", references, () => {
  test.each([
    "qwen3",
    "olmo2",
    "smollm3",
    "gemma2",
    "gemma3_text",
    "mixtral",
    "mistral",
    "phi3",
    "phi3-longrope",
    "llama-rope-linear",
    "llama-rope-dynamic",
    "llama-rope-yarn",
    "llama-rope-llama3",
  ])("of %s means the same model", (architecture) => {
    const source = join(fixturesFolder ?? "", "tiny", architecture);
    const folder = temporaryFolder();
    copyFileSync(join(source, "config.hub-layout.json"), join(folder, "config.json"));
    copyFileSync(join(source, "model.safetensors"), join(folder, "model.safetensors"));
    const values = openSafetensors(join(source, "expected.safetensors"));
    const [, rows = 0, tokens = 0] = values.shape("train.input_ids");
    const ids = values.readInts("train.input_ids").slice(0, rows * tokens);
    values.close();
    expect(logitsOf(folder, ids, tokens)).toEqual(logitsOf(source, ids, tokens));
  });
});

describe.runIf(fixturesFolder)("a GGUF file", references, () => {
  test.each(["qwen3", "gemma3_text"].flatMap((architecture) => ["f16", "q8_0"].map((type) => [architecture, type] as const)))(
    "of %s in %s gives the logits of its dequantised weights",
    (architecture, type) => {
      const source = join(fixturesFolder ?? "", "tiny", architecture);
      const expected = openSafetensors(join(source, "gguf/expected.safetensors"));
      const [tokens = 0] = expected.shape(`${type}.logits`);
      const values = openSafetensors(join(source, "expected.safetensors"));
      const ids = values.readInts("train.input_ids").slice(0, tokens);
      values.close();
      const logits = logitsOf(join(source, `gguf/model-${type}.gguf`), ids, tokens);
      expect(largestDifference(logits, expected.read(`${type}.logits`))).toBeLessThan(2e-5);
      expected.close();
    },
  );
});
