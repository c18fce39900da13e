import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { type Attribution, attributeAnswers } from "@/server/engine/effects/attribution";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import { startEngine } from "@/server/engine/tensor/backend";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { openTinyEncoder, type TinyEncoder, tinyEncoderBatch, tinyStart } from "@/tests/server/engine/tiny-encoder";
import { fixturesFolder, references } from "@/tests/support/fixtures";

function finished(passes: Generator<unknown, Attribution, void>): Attribution {
  for (;;) {
    const { done, value } = passes.next();
    if (done === true) return value;
  }
}

/** The adapter with what one module writes multiplied. */
function withUpdate(adapter: Adapter, module: string, factor: number): Adapter {
  const tensors = new Map<string, AdapterTensors>(adapter.tensors());
  const own = tensors.get(module);
  if (own === undefined || !("B" in own)) throw new Error(`${module} is no LoRA module`);
  tensors.set(module, { ...own, B: { ...own.B, data: own.B.data.map((value) => factor * value) } });
  return new Adapter(adapter.modules, tensors);
}

describe.runIf(fixturesFolder).each([
  ["bert", "bert.encoder.layer.0.attention.self.query"],
  ["roberta", "roberta.encoder.layer.1.attention.self.value"],
  ["deberta-v2", "deberta.encoder.layer.0.attention.self.value_proj"],
])("attribution to the answers of %s", references, (architecture, module) => {
  let tiny: TinyEncoder;
  beforeAll(async () => {
    await startEngine();
    tiny = openTinyEncoder(fixturesFolder ?? "", architecture);
  });
  afterAll(() => {
    tiny.encoder.free();
    tiny.values.close();
    expect(liveTensors()).toBe(0);
  });

  it("adds up over a module's components to the slope of the loss by what the module writes", () => {
    const { adapter, head } = tinyStart(tiny, "lora");
    const batch = tinyEncoderBatch(tiny, 0);
    const all = finished(attributeAnswers(tiny.model, () => head.read(), adapter, [batch]));
    const found = all.get(module);
    const lossAt = (factor: number) => {
      const changed = withUpdate(adapter, module, factor);
      const { lossSum, gradients } = tiny.model.lossAndGradients(batch, changed.trainingHooks(), head.read(), 1);
      free(gradients);
      changed.free();
      return lossSum;
    };
    const slope = (lossAt(1.5) - lossAt(0.5)) / 1;
    const total = found?.sum.reduce((sum, value) => sum + value, 0) ?? Number.NaN;
    expect(Math.abs(slope)).toBeGreaterThan(1e-3);
    expect(Math.abs(total + slope)).toBeLessThan(0.02 * Math.abs(slope) + 2e-5);
    // Every real token counts once for each component of every module, padding and DeBERTa's relative positions never.
    const tokens = batch.attentionMask.reduce((sum, real) => sum + real, 0);
    for (const { count } of all.values()) expect([...count]).toEqual([tokens, tokens, tokens, tokens]);
    adapter.free();
    head.free();
  });
});
