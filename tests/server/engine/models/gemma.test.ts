import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseModelConfig } from "@/lib/contract/architectures/parse-model-config";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { denseLogits } from "@/tests/server/engine/adapters/dense-model";
import { largestDifference } from "@/tests/server/engine/tiny";
import { toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { loadCausalModel } from "@/tests/support/load-causal-model";

const config = toyConfigs.gemma;
const source = toyWeights(config);
const ids = Int32Array.of(3, 8, 1, 20, 9, 4, 22, 0);
const batch = { ids, rows: 1, tokens: ids.length };

describe("a Gemma model of the first generation", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  // transformers has written no file of it to compare with: the reference is our own, in float64.
  it("gives the logits of the same model written out", () => {
    const model = loadCausalModel(config, source);
    const got = tidy(() => readFloats(model.logits(model.forward(batch).final)));
    const wanted = denseLogits(parseModelConfig(config), source, ids, () => undefined);
    expect(
      largestDifference(
        got,
        wanted.flatMap((row) => Array.from(row)),
      ),
    ).toBeLessThan(2e-5);
    model.free();
  });

  it.each([
    ["float32", Math.sqrt(10)],
    ["bfloat16", 3.15625],
  ] as const)("multiplies embeddings by √dModel, as %s has it", (frozen, factor) => {
    const plain = loadCausalModel({ ...toyConfigs.qwen2, tie_word_embeddings: true }, qwen2Weights(), { frozen });
    const model = loadCausalModel(config, source, { frozen });
    const [embedded, scaled] = [plain, model].map((one) => {
      const { final, hiddenStates } = one.forward(batch, { hiddenStates: "all" });
      const values = readFloats(hiddenStates[0] ?? expect.fail("no state"));
      free(final, hiddenStates);
      one.free();
      return values;
    }) as [Float32Array, Float32Array];
    expect(
      largestDifference(
        scaled,
        embedded.map((value) => value * factor),
      ),
    ).toBeLessThan(1e-6);
  });
});

/** Those of the same names have the same values. */
function qwen2Weights() {
  const own = toyWeights({ ...toyConfigs.qwen2, tie_word_embeddings: true });
  return { ...own, read: (name: string) => (source.names().includes(name) ? source.read(name) : own.read(name)) };
}
