import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence } from "@/server/engine/models/sequence";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { largest, largestDifference, stanSettings } from "@/tests/server/engine/tiny";
import { loadToy, type ToyName, toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { loadCausalModel } from "@/tests/support/load-causal-model";

const vocab = 23;
const texts = [Int32Array.of(3, 8, 1, 20, 9, 4), Int32Array.of(7, 7, 2, 5), Int32Array.of(11, 0, 22, 13, 6)];

function take(tensor: Tensor): Float32Array {
  const values = readFloats(tensor);
  free(tensor);
  return values;
}

function lastLogits(model: CausalModel, ids: Int32Array, hooks?: ProjectionHooks): Float32Array {
  const all = tidy(() => readFloats(model.logits(model.forward({ ids, rows: 1, tokens: ids.length }, { hooks }).final)));
  return all.slice(-vocab);
}

describe.each(Object.keys(toyConfigs) as ToyName[])("decoding with a %s model", (name) => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it("gives each of several sequences the logits of its whole text, whatever their lengths and whoever leaves", () => {
    const model = loadToy(name);
    const adapter = Adapter.create(
      model.projections,
      stanSettings([...model.config.defaultTargets], { numLatents: 7, k: 3, init: "small" }),
      2,
    );
    const hooks = adapterHooks(adapter);
    const { sequences, logits } = model.prefill(texts, { hooks, maxTokens: 20 });
    const prompt = take(logits);
    texts.forEach((text, row) => {
      expect(largestDifference(prompt.subarray(row * vocab, (row + 1) * vocab), lastLogits(model, text, hooks))).toBeLessThan(2e-5);
    });
    const written = texts.map((text) => [...text]);
    const steps = [[0, 1, 2], [2, 0], [1], [0, 1, 2]];
    steps.forEach((rows, step) => {
      const ids = Int32Array.from(rows, (row) => (row * 5 + step * 3) % vocab);
      rows.forEach((row, i) => void written[row]?.push(ids[i] ?? 0));
      const got = take(
        model.decode(
          rows.flatMap((row) => sequences[row] ?? []),
          ids,
          hooks,
        ),
      );
      rows.forEach((row, i) => {
        expect(
          largestDifference(got.subarray(i * vocab, (i + 1) * vocab), lastLogits(model, Int32Array.from(written[row] ?? []), hooks)),
        ).toBeLessThan(5e-5);
      });
    });
    expect(sequences.map(({ length }) => length)).toEqual(written.map(({ length }) => length));
    for (const sequence of sequences) freeSequence(sequence);
    adapter.free();
    model.free();
  });

  it("in bfloat16 stays near to float32, the prompt's own pass exactly", () => {
    const outcomes = (["float32", "bfloat16"] as const).map((decode) => {
      const model = loadCausalModel(toyConfigs[name], toyWeights(toyConfigs[name]), { decode });
      const adapter = Adapter.create(
        model.projections,
        stanSettings([...model.config.defaultTargets], { numLatents: 7, k: 7, init: "small" }),
        2,
      );
      const hooks = adapterHooks(adapter);
      const { sequences, logits } = model.prefill(texts.slice(0, 1), { hooks, maxTokens: 20 });
      free(logits);
      const step = take(model.decode(sequences, Int32Array.of(5), hooks));
      for (const sequence of sequences) freeSequence(sequence);
      const whole = lastLogits(model, texts[0] ?? new Int32Array(0), hooks);
      adapter.free();
      model.free();
      return { step, whole };
    });
    expect(outcomes[1]?.whole).toEqual(outcomes[0]?.whole);
    const difference = largestDifference(outcomes[0]?.step ?? [], outcomes[1]?.step ?? []);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(0.03 * largest(outcomes[0]?.step ?? []));
  });

  it("refuses what does not fit, and keeps nothing then", () => {
    const model = loadToy(name);
    expect(() => model.prefill([Int32Array.of()], { maxTokens: 5 })).toThrow("a prompt has no token");
    expect(() => model.prefill(texts, { maxTokens: 5 })).toThrow("a prompt of 6 tokens in sequences of 5");
    expect(() => model.prefill(texts, { maxTokens: 30 })).toThrow("context of 29 tokens");
    const { sequences, logits } = model.prefill([Int32Array.of(1, 2)], { maxTokens: 2 });
    free(logits);
    expect(() => model.decode(sequences, Int32Array.of(3))).toThrow("sequence 0 has no room for another token: it holds 2");
    expect(() => model.decode(sequences, Int32Array.of(3, 4))).toThrow("2 tokens for 1 sequences");
    for (const sequence of sequences) freeSequence(sequence);
    model.free();
  });
});
