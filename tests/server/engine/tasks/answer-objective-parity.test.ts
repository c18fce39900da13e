import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { transposed } from "@/server/engine/models/weights";
import { classificationObjective } from "@/server/engine/tasks/answers/answer-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { fixtureName, largest, largestDifference, type Method, tinyTraining } from "@/tests/server/engine/tiny";
import { answeredRows, headName, openTinyEncoder, type TinyEncoder, tinyEncoderBatch, tinyStart } from "@/tests/server/engine/tiny-encoder";
import { fixturesFolder, goldenFolder, references } from "@/tests/support/fixtures";

const METHODS = ["stan", "lora"] as const;

/** A gradient in the fixture's orientation: D is held by latent. */
function stored(adapter: Adapter, module: string, part: string, values: Float32Array): Float32Array {
  const found = adapter.modules.find((one) => one.module === module);
  return part === "D" && found !== undefined ? transposed(values, found.numLatents, found.dOut) : values;
}

describe.each(["bert"])("training tiny %s with its head as PyTorch and PEFT do", (architecture) => compare(goldenFolder, architecture));

describe.runIf(fixturesFolder).each(["roberta", "deberta-v2"])(
  "training tiny %s with its head as PyTorch and PEFT do",
  references,
  (architecture) => compare(fixturesFolder ?? "", architecture),
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

  it.each(METHODS)("gives the gradients of the first %s step, the head's too", (method: Method) => {
    const { adapter, head } = tinyStart(tiny, method);
    const batch = tinyEncoderBatch(tiny, 0);
    const { lossSum, gradients } = tiny.model.lossAndGradients(batch, adapter.trainingHooks(), head.read(), 1 / batch.rows);
    expect(Math.abs(lossSum / batch.rows - (tiny.expected[method].losses[0] ?? 0))).toBeLessThan(2e-6);
    const drift = tiny.expected.float64[`${method}_max_abs_drift`].grad;
    const compare = (key: string, fixture: string, values: (gradient: Float32Array) => Float32Array) => {
      const gradient = gradients.get(key);
      if (gradient === undefined) throw new Error(`${key} has no gradient`);
      const wanted = tiny.values.read(fixture);
      expect(largest(wanted), key).toBeGreaterThan(0);
      expect(largestDifference(values(readFloats(gradient)), wanted), key).toBeLessThan(Math.max(1e-6 * largest(wanted), 2 * drift));
    };
    for (const { module } of adapter.modules) {
      for (const part of method === "stan" ? ["E", "D"] : ["A", "B"]) {
        compare(`${module}.${part}`, fixtureName(method, `${method}.grad`, module, part), (values) =>
          stored(adapter, module, part, values),
        );
      }
    }
    for (const name of tiny.model.headShapes.keys()) compare(name, headName(method, `${method}.grad`, name), (values) => values);
    expect(gradients.size).toBe(2 * adapter.modules.length + tiny.model.headShapes.size);
    free(gradients);
    adapter.free();
    head.free();
  });

  it.each(METHODS)("follows ten %s steps, in one pass and in micro-batches", (method: Method) => {
    for (const microBatchRows of [null, 3]) {
      const { adapter, head } = tinyStart(tiny, method);
      const rows = Array.from({ length: 10 }, (_, step) => answeredRows(tinyEncoderBatch(tiny, step))).flat();
      const objective = classificationObjective(tiny.model, adapter, head, rows);
      const trainer = new Trainer(objective, { ...tinyTraining, microBatchRows });
      const results = Array.from({ length: 10 }, () => trainer.takeStep());
      const losses = results.map(({ loss }) => loss);
      expect(largestDifference(losses, tiny.expected[method].losses)).toBeLessThan(2e-5);
      const norms = results.map(({ gradNorm }) => gradNorm);
      expect(largestDifference(norms, tiny.expected[method].grad_norms)).toBeLessThan(method === "stan" ? 3e-4 : 3e-5);
      expect(results.map(({ labelTokens }) => labelTokens)).toEqual(new Array(10).fill(4));
      const after = tidy(() => readFloats(tiny.model.scores(tinyEncoderBatch(tiny, 0), adapter.trainingHooks(), head.read())));
      expect(largestDifference(after, tiny.values.read(`${method}.logits_after`))).toBeLessThan(5e-5);
      for (const one of [trainer, adapter, head]) one.free();
    }
  });
}
