import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { longContextWarning } from "@/lib/contract/architectures/long-context";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { freeSequence } from "@/server/engine/models/sequence";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, measureBytes, tidy } from "@/server/engine/tensor/scope";
import { largestDifference } from "@/tests/server/engine/tiny";
import { toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { loadCausalModel } from "@/tests/support/load-causal-model";

const longrope = {
  ...toyConfigs.llama,
  original_max_position_embeddings: 6,
  rope_scaling: { type: "longrope", short_factor: [1, 1.5], long_factor: [3, 9] },
};
const dynamic = { ...toyConfigs.llama, max_position_embeddings: 6, rope_scaling: { type: "dynamic", factor: 4 } };

beforeAll(async () => {
  await startEngine();
});
afterEach(() => {
  expect(liveTensors()).toBe(0);
});

const ids = Int32Array.of(3, 1, 4, 1, 5, 9, 2, 6, 5, 3);

function logitsOf(model: CausalModel, row: Int32Array): Float32Array {
  return tidy(() => readFloats(model.logits(model.forward({ ids: row, rows: 1, tokens: row.length }).final)));
}

/** Of the last of some tokens, the prompt read at once and the rest one by one. */
function decoded(model: CausalModel, row: Int32Array, promptLength: number, maxTokens: number): Float32Array {
  const { sequences, logits } = model.prefill([row.subarray(0, promptLength)], { maxTokens });
  let present = logits;
  for (const id of row.subarray(promptLength)) {
    free(present);
    present = model.decode(sequences, Int32Array.of(id));
  }
  const values = readFloats(present);
  free(present);
  for (const sequence of sequences) freeSequence(sequence);
  return values;
}

describe.each<[string, RawModelConfig]>([
  ["longrope", longrope],
  ["dynamic scaling", dynamic],
])("%s", (_, config) => {
  it("is chosen by a generation's room: its steps continue a prompt as a pass over the whole text reads it", () => {
    const model = loadCausalModel(config, toyWeights(config));
    const { vocab } = model.config;
    const last = logitsOf(model, ids).subarray(-vocab);
    // The prompt is shorter than the original context, the text is not.
    expect(largestDifference(decoded(model, ids, 4, ids.length), last)).toBeLessThan(1e-5);
    model.free();
  });

  it("is chosen once for all texts of a run, short ones too", () => {
    const model = loadCausalModel(config, toyWeights(config));
    const long = model.forContext(ids.length);
    expect(logitsOf(long, ids)).toEqual(logitsOf(model, ids));
    const start = ids.subarray(0, 4);
    expect(largestDifference(logitsOf(long, start), logitsOf(model, start))).toBeGreaterThan(1e-3);
    // What comes later changes nothing that came before.
    expect(largestDifference(logitsOf(long, start), logitsOf(long, ids).subarray(0, 4 * model.config.vocab))).toBeLessThan(1e-5);
    model.free();
  });

  it("stays as it was chosen for longer texts", () => {
    const model = loadCausalModel(config, toyWeights(config));
    const long = model.forContext(ids.length);
    expect(logitsOf(long.forContext(4), ids.subarray(0, 4))).toEqual(logitsOf(long, ids.subarray(0, 4)));
    model.free();
  });
});

describe("a model whose scaling does not depend on the context", () => {
  it("is the same for every context", () => {
    const model = loadCausalModel(toyConfigs.llama, toyWeights(toyConfigs.llama));
    expect(model.forContext(20)).toBe(model);
    model.free();
  });
});

describe("longContextWarning", () => {
  const warning = (config: RawModelConfig, tokens: number) => {
    const model = loadCausalModel(config, toyWeights(config));
    const said = longContextWarning(model.config, tokens);
    model.free();
    return said;
  };

  it("names the original context and the scaling, beyond it alone", () => {
    expect(warning(longrope, 6)).toBeNull();
    expect(warning(longrope, 7)).toBe(
      "texts of 7 tokens exceed the model's original context of 6 tokens; its positions are scaled: longrope, with the factors for long contexts",
    );
    expect(warning(dynamic, 7)).toContain("dynamic, factor 4");
    expect(warning(toyConfigs.llama, 29)).toBeNull();
  });
});

describe.each(["llama", "mistral", "gemma2"] as const)("the memory of a pass of %s", (name) => {
  it.each<[string, (row: number, at: number, tokens: number) => { real: boolean; start?: number }]>([
    ["rows without padding", () => ({ real: true })],
    ["rows that are padded on the right", (row, at, tokens) => ({ real: row === 0 || at < tokens / 2 })],
    ["rows that are padded on the left", (row, at, tokens) => ({ real: row === 0 || at >= tokens / 2 })],
    ["texts that share rows", (_, at, tokens) => ({ real: true, start: at < tokens / 2 ? 0 : tokens / 2 })],
  ])("grows with the tokens and not with their square: %s", (_, tokenAt) => {
    const config = { ...toyConfigs[name], max_position_embeddings: 512 };
    const model = loadCausalModel(config, toyWeights(config));
    const peakOf = (tokens: number) => {
      const laid = Array.from({ length: 2 * tokens }, (_, i) => tokenAt(Math.floor(i / tokens), i % tokens, tokens));
      const starts = laid.every(({ start }) => start !== undefined) ? Int32Array.from(laid, ({ start = 0 }) => start) : undefined;
      const attentionMask = Int32Array.from(laid, ({ real }) => (real ? 1 : 0));
      const labels = Int32Array.from(laid, (_, i) => i % 23);
      return measureBytes(() => model.tokenLosses({ ids: labels, labels, attentionMask, starts, rows: 2, tokens })).peakBytes;
    };
    const [short, middle, long] = [128, 256, 512].map(peakOf) as [number, number, number];
    expect((long - middle) / (middle - short)).toBeLessThan(2.05);
    model.free();
  });
});
