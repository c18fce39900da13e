import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { transposed } from "@/server/engine/models/weights";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import {
  fixtureName,
  largest,
  largestDifference,
  type Method,
  openTiny,
  rowsOf,
  type Tiny,
  tinyAdapter,
  tinyBatch,
  tinyTraining,
} from "@/tests/server/engine/tiny";
import { fixturesFolder, goldenFolder, references } from "@/tests/support/fixtures";

const labelsOf = (labels: Int32Array, tokens: number) => labels.filter((label, at) => at % tokens !== 0 && label !== -100).length;

/** A gradient in the fixture's orientation: D is held by latent. */
function stored(adapter: Adapter, module: string, part: string, values: Float32Array): Float32Array {
  const found = adapter.modules.find((one) => one.module === module);
  return part === "D" && found !== undefined ? transposed(values, found.numLatents, found.dOut) : values;
}

describe.each(["llama", "gpt2", "gpt_neox"])("training tiny %s as PyTorch and PEFT do", (architecture) =>
  compare(goldenFolder, architecture),
);

describe.runIf(fixturesFolder).each(["qwen2", "gpt_neox-sequential"])(
  "training tiny %s as PyTorch and PEFT do",
  references,
  (architecture) => compare(fixturesFolder ?? "", architecture),
);

function compare(fixtures: string, architecture: string): void {
  let tiny: Tiny;

  beforeAll(async () => {
    await startEngine();
    tiny = openTiny(fixtures, architecture);
  });
  afterAll(() => {
    tiny.model.free();
    expect(liveTensors()).toBe(0);
  });

  it.each(["stan", "lora"] as const)("gives the gradients of the first %s step", (method: Method) => {
    const adapter = tinyAdapter(tiny, method);
    const batch = tinyBatch(tiny, 0);
    const { lossSum, gradients } = tiny.model.lossAndGradients(batch, adapter.trainingHooks(), 1 / labelsOf(batch.labels, batch.tokens));
    expect(Math.abs(lossSum / labelsOf(batch.labels, batch.tokens) - (tiny.expected[method].losses[0] ?? 0))).toBeLessThan(2e-6);
    expect(gradients.size).toBe(2 * adapter.modules.length);
    for (const { module } of adapter.modules) {
      for (const part of method === "stan" ? ["E", "D"] : ["A", "B"]) {
        const gradient = gradients.get(`${module}.${part}`);
        if (gradient === undefined) throw new Error(`${module}.${part} has no gradient`);
        const wanted = tiny.matrix(fixtureName(method, `${method}.grad`, module, part)).data;
        const drift = tiny.expected.float64[`${method}_max_abs_drift`].grad;
        const difference = largestDifference(stored(adapter, module, part, readFloats(gradient)), wanted);
        expect(difference).toBeLessThan(Math.max(1e-6 * largest(wanted), 2 * drift));
      }
    }
    free(gradients);
    adapter.free();
  });

  it.each(["stan", "lora"] as const)("follows ten %s steps", (method: Method) => {
    const adapter = tinyAdapter(tiny, method);
    const rows = Array.from({ length: 10 }, (_, step) => rowsOf(tinyBatch(tiny, step))).flat();
    const trainer = new Trainer(causalObjective(tiny.model, adapter, rows), tinyTraining);
    const results = Array.from({ length: 10 }, () => trainer.takeStep());
    const losses = results.map(({ loss }) => loss);
    const norms = results.map(({ gradNorm }) => gradNorm);
    expect(largestDifference(losses, tiny.expected[method].losses)).toBeLessThan(2e-5);
    expect(largestDifference(norms, tiny.expected[method].grad_norms)).toBeLessThan(method === "stan" ? 2e-4 : 2e-5);
    trainer.free();
    adapter.free();
  });

  it("gives one loss and one gradient however a step is cut into micro-batches", () => {
    const [rows = 0, tokens = 0] = tiny.values.shape("edge.accum.input_ids");
    const ints = (name: string) => Int32Array.from(tiny.values.readInts(name), Number);
    const batch = { ids: ints("edge.accum.input_ids"), labels: ints("edge.accum.labels"), rows, tokens };
    for (const microBatchRows of [null, 1, 2, 3]) {
      const adapter = tinyAdapter(tiny, "stan", "edge.stan");
      const trainer = new Trainer(causalObjective(tiny.model, adapter, rowsOf(batch)), { ...tinyTraining, steps: 1, microBatchRows });
      const { loss, gradNorm } = trainer.takeStep();
      let squares = 0;
      for (const { module } of adapter.modules) {
        for (const part of ["E", "D"])
          squares += tiny.matrix(`edge.accum.grad.${module}.${part}`).data.reduce((sum, value) => sum + value * value, 0);
      }
      expect(Math.abs(loss - tiny.expected.edge.accumulation.batch_loss)).toBeLessThan(2e-6);
      expect(Math.abs(gradNorm - Math.sqrt(squares))).toBeLessThan(1e-6);
      trainer.free();
      adapter.free();
    }
  });
}
