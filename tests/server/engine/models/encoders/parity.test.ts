import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { EncoderBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largestDifference } from "@/tests/server/engine/tiny";
import { openTinyEncoder, type TinyEncoder, tinyEncoderBatch, tinyStart } from "@/tests/server/engine/tiny-encoder";
import { fixturesFolder, goldenFolder, references } from "@/tests/support/fixtures";

describe.each(["bert"])("tiny %s as transformers computes it", (architecture) => compare(goldenFolder, architecture));

describe.runIf(fixturesFolder).each(["roberta", "deberta-v2"])("tiny %s as transformers computes it", references, (architecture) =>
  compare(fixturesFolder ?? "", architecture),
);

function compare(fixtures: string, architecture: string): void {
  let tiny: TinyEncoder;

  beforeAll(async () => {
    await startEngine();
    tiny = openTinyEncoder(fixtures, architecture);
  });
  afterAll(() => {
    tiny.encoder.free();
    tiny.values.close();
    expect(liveTensors()).toBe(0);
  });

  const scoresOf = (batch: EncoderBatch, head: TrainedHead, hooks?: ProjectionHooks) =>
    tidy(() => readFloats(tiny.model.scores(batch, hooks, head.read())));

  it("gives every hidden state, at padding too, and the scores of the checkpoint's head", () => {
    const { hiddenStates } = tiny.encoder.forward(tinyEncoderBatch(tiny, 0), { hiddenStates: "all" });
    expect(hiddenStates.length).toBe(3);
    hiddenStates.forEach((state, i) => {
      expect(largestDifference(readFloats(state), tiny.values.read(`base.hidden.${i}`))).toBeLessThan(1e-5);
    });
    free(hiddenStates);
    const { head, from } = TrainedHead.start(tiny.model, 1);
    expect(from).toBe("checkpoint");
    expect(largestDifference(scoresOf(tinyEncoderBatch(tiny, 0), head), tiny.values.read("base.logits"))).toBeLessThan(1e-5);
    head.free();
  });

  it.each(["stan", "lora"] as const)("gives the scores with a %s adapter, in the form that trains and the form that runs", (method) => {
    const { adapter, head } = tinyStart(tiny, method);
    for (const hooks of [adapter.trainingHooks(), adapterHooks(adapter)]) {
      const got = scoresOf(tinyEncoderBatch(tiny, 0), head, hooks);
      expect(largestDifference(got, tiny.values.read(`${method}.logits`))).toBeLessThan(1e-5);
    }
    adapter.free();
    head.free();
  });

  it.each(["left", "right"] as const)("gives rows padded on the %s the scores of each row alone", (side) => {
    const { adapter, head } = tinyStart(tiny, "stan");
    const { ids, attentionMask, rows, tokens } = tinyEncoderBatch(tiny, 1);
    const padId = tiny.encoder.config.padId;
    const parts = Array.from({ length: rows }, (_, row) => {
      const length = attentionMask.subarray(row * tokens, (row + 1) * tokens).reduce((sum, real) => sum + real, 0);
      return ids.slice(row * tokens, row * tokens + length);
    });
    expect(new Set(parts.map(({ length }) => length)).size).toBeGreaterThan(1);
    const width = tokens + 3;
    const batch = { ids: new Int32Array(rows * width).fill(padId), attentionMask: new Int32Array(rows * width), rows, tokens: width };
    parts.forEach((part, row) => {
      const from = row * width + (side === "left" ? width - part.length : 0);
      batch.ids.set(part, from);
      batch.attentionMask.fill(1, from, from + part.length);
    });
    const together = scoresOf(batch, head, adapter.trainingHooks());
    parts.forEach((part, row) => {
      const alone = scoresOf({ ids: part, rows: 1, tokens: part.length }, head, adapter.trainingHooks());
      // Products of other shapes round differently, by up to 5.2e-6 on an Intel Xeon.
      expect(largestDifference(together.subarray(row * 3, row * 3 + 3), alone)).toBeLessThan(1e-5);
    });
    adapter.free();
    head.free();
  });
}
