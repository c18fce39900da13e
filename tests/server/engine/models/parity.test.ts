import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import type { Batch } from "@/server/engine/models/batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence, type Sequence } from "@/server/engine/models/sequence";
import { argMaxLast } from "@/server/engine/tensor/arithmetic";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats, readInts } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { largestDifference, openTiny, type Tiny, tinyAdapter, tinyBatch } from "@/tests/server/engine/tiny";
import { fixturesFolder, goldenDecoders, goldenFolder, referenceDecoders, references } from "@/tests/support/fixtures";

describe.each(goldenDecoders)("tiny %s as transformers computes it", (architecture) => compare(goldenFolder, architecture));

describe.runIf(fixturesFolder).each(referenceDecoders)("tiny %s as transformers computes it", references, (architecture) =>
  compare(fixturesFolder ?? "", architecture),
);

function compare(fixtures: string, architecture: string): void {
  let tiny: Tiny;
  // SmolLM3's states reach 17, and with its adapter the reference's own logits are 1.9e-5 from those in float64.
  const tolerance = architecture === "smollm3" ? { hidden: 2e-5, padded: 4e-5 } : { hidden: 1e-5, padded: 2e-5 };

  beforeAll(async () => {
    await startEngine();
    tiny = openTiny(fixtures, architecture);
  });
  afterAll(() => {
    tiny.model.free();
    expect(liveTensors()).toBe(0);
  });

  const logitsOf = (batch: Batch, hooks?: ProjectionHooks) =>
    tidy(() => readFloats(tiny.model.logits(tiny.model.forward(batch, { hooks }).final)));
  const ints = (name: string) => Int32Array.from(tiny.values.readInts(name), Number);

  it("gives every hidden state and the logits, at padding too", () => {
    const batch = tinyBatch(tiny, 0);
    const { final, hiddenStates } = tiny.model.forward(batch, { hiddenStates: "all" });
    hiddenStates.forEach((state, i) => {
      expect(largestDifference(readFloats(state), tiny.values.read(`base.hidden.${i}`))).toBeLessThan(tolerance.hidden);
    });
    const logits = tiny.model.logits(final);
    expect(largestDifference(readFloats(logits), tiny.values.read("base.logits"))).toBeLessThan(2e-5);
    free(final, hiddenStates, logits);
  });

  it.each(["stan", "lora"] as const)("gives the logits with a %s adapter, in the form that trains and the form that runs", (method) => {
    const adapter = tinyAdapter(tiny, method);
    for (const hooks of [adapter.trainingHooks(), adapterHooks(adapter)]) {
      expect(largestDifference(logitsOf(tinyBatch(tiny, 0), hooks), tiny.values.read(`${method}.logits`))).toBeLessThan(2e-5);
    }
    adapter.free();
  });

  it.each(["left", "right"])("gives padded rows on the %s the logits of each row alone", (side) => {
    const adapter = tinyAdapter(tiny, "stan", "edge.stan");
    const [rows = 0, tokens = 0] = tiny.values.shape(`edge.pad.${side}_ids`);
    const batch = { ids: ints(`edge.pad.${side}_ids`), attentionMask: ints(`edge.pad.${side}_mask`), rows, tokens };
    const logits = logitsOf(batch, adapter.trainingHooks());
    const vocab = tiny.model.config.vocab;
    tiny.expected.edge.padding.lengths.forEach((length, row) => {
      const first = row * tokens + (side === "left" ? tokens - length : 0);
      const own = logits.subarray(first * vocab, (first + length) * vocab);
      expect(largestDifference(own, tiny.values.read(`edge.pad.logits.${row}`))).toBeLessThan(tolerance.padded);
    });
    adapter.free();
  });

  it("gives the logits of rows beyond the length that its frequencies were made for", () => {
    if (!tiny.values.names().includes("long.logits")) return;
    const [rows = 0, tokens = 0] = tiny.values.shape("long.input_ids");
    const logits = logitsOf({ ids: ints("long.input_ids"), rows, tokens });
    expect(largestDifference(logits, tiny.values.read("long.logits"))).toBeLessThan(2e-5);
  });

  it("takes given positions as they are", () => {
    const [rows = 0, tokens = 0] = tiny.values.shape("edge.pad.left_ids");
    const batch = { ids: ints("edge.pad.left_ids"), attentionMask: ints("edge.pad.left_mask"), rows, tokens };
    const given = logitsOf({ ...batch, positionIds: ints("edge.pad.left_position_ids") });
    expect(largestDifference(given, logitsOf(batch))).toBe(0);
  });

  it("decodes greedily with the cache, alone and beside others, as without it", () => {
    const adapter = tinyAdapter(tiny, "stan", "edge.stan");
    const prompt = ints("edge.greedy.prompt_ids");
    const wanted = Array.from(ints("edge.greedy.ids")).slice(prompt.length);
    const start = (rows: number, hooks: ProjectionHooks, prompts: Int32Array[]) => {
      const { sequences, logits } = tiny.model.prefill(prompts, { hooks, maxTokens: prompt.length + 16 });
      return continueGreedily(sequences, logits, hooks, rows);
    };
    const continueGreedily = (sequences: Sequence[], logits: Tensor, hooks: ProjectionHooks, rows: number): number[][] => {
      const texts: number[][] = Array.from({ length: rows }, () => []);
      let present = logits;
      for (let step = 0; step < 16; step++) {
        const ids = tidy(() => readInts(argMaxLast(present)));
        free(present);
        ids.forEach((id, row) => {
          texts[row]?.push(id);
        });
        present = tiny.model.decode(sequences, ids, hooks);
      }
      free(present);
      for (const sequence of sequences) freeSequence(sequence);
      return texts;
    };
    const hooks = adapterHooks(adapter);
    expect(start(1, hooks, [prompt])).toEqual([wanted]);
    const base = start(1, armHooks([{}]), [prompt])[0];
    const arms = armHooks([{}, { adapter }, { adapter, edits: [] }, {}]);
    expect(start(4, arms, [prompt, prompt, prompt, prompt.subarray(0, 3)]).slice(0, 3)).toEqual([base, wanted, wanted]);
    adapter.free();
  });
}
