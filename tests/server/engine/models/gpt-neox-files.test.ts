import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { largestDifference } from "@/tests/server/engine/tiny";
import { fixturesFolder, goldenFolder, references } from "@/tests/support/fixtures";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const golden = join(goldenFolder, "tiny/gpt_neox");

beforeAll(async () => {
  await startEngine();
});
afterEach(() => {
  expect(liveTensors()).toBe(0);
});

function logitsOf(path: string, ids: Int32Array, tokens = ids.length): Float32Array {
  const { config, weights } = openCheckpoint(path);
  const model = loadCausalModel(config, weights);
  weights.close();
  const logits = tidy(() => readFloats(model.logits(model.forward({ ids, rows: ids.length / tokens, tokens }).final)));
  model.free();
  return logits;
}

/** The first row of the first training step, as far as the reference's logits go. */
function firstRow(folder: string, tokens: number): Int32Array {
  const values = openSafetensors(join(folder, "expected.safetensors"));
  const ids = values.readInts("train.input_ids").slice(0, tokens);
  values.close();
  return ids;
}

describe("GPT-NeoX in GGUF, where q, k and v lie one below the other", () => {
  test.each(["f16", "q8_0"])("%s gives the logits of its dequantised weights", (type) => {
    const expected = openSafetensors(join(golden, "gguf/expected.safetensors"));
    const [tokens = 0] = expected.shape(`${type}.logits`);
    const logits = logitsOf(join(golden, `gguf/model-${type}.gguf`), firstRow(golden, tokens));
    expect(largestDifference(logits, expected.read(`${type}.logits`))).toBeLessThan(2e-5);
    expected.close();
  });
});

describe("the names of a GPT-NeoX checkpoint", () => {
  test("may be those of the live model, whose head is called lm_head", () => {
    const folder = temporaryFolder();
    copyFileSync(join(golden, "config.json"), join(folder, "config.json"));
    const file = openSafetensors(join(golden, "model.safetensors"));
    const tensors = file.names().map((name) => {
      const live = name === "embed_out.weight" ? "lm_head.weight" : name;
      return [live, { shape: file.shape(name), data: file.read(name) }] as const;
    });
    writeSafetensors(join(folder, "model.safetensors"), Object.fromEntries(tensors), { format: "pt" });
    file.close();
    const ids = firstRow(golden, 14);
    expect(logitsOf(folder, ids)).toEqual(logitsOf(golden, ids));
  });

  test.runIf(fixturesFolder)("may stand beside stored masks and tables, in Pythia's spelling of the configuration", references, () => {
    const source = join(fixturesFolder ?? "", "tiny/gpt_neox-sequential");
    const folder = temporaryFolder();
    copyFileSync(join(source, "config.hub-layout.json"), join(folder, "config.json"));
    copyFileSync(join(source, "model.hub-layout.safetensors"), join(folder, "model.safetensors"));
    const ids = firstRow(source, 14);
    expect(logitsOf(folder, ids)).toEqual(logitsOf(source, ids));
  });
});
