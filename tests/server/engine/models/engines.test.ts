import { describe, expect, it } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { freeSequence } from "@/server/engine/models/sequence";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { argMaxLast } from "@/server/engine/tensor/arithmetic";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats, readInts } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { largestDifference, openTiny, rowsOf, type Tiny, tinyAdapter, tinyBatch, tinyTraining } from "@/tests/server/engine/tiny";
import { fixturesFolder, references, tinyModels } from "@/tests/support/fixtures";

const ENGINES = [
  ["TensorFlow without own kernels", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
] as const;

function greedy({ model, values }: Tiny, hooks: ReturnType<typeof adapterHooks>): number[] {
  const prompt = Int32Array.from(values.readInts("edge.greedy.prompt_ids"), Number);
  const { sequences, logits } = model.prefill([prompt], { hooks, maxTokens: prompt.length + 16 });
  const made: number[] = [];
  let present = logits;
  while (made.length < 16) {
    const next = tidy(() => readInts(argMaxLast(present)));
    free(present);
    made.push(...next);
    present = model.decode(sequences, next, hooks);
  }
  free(present);
  for (const sequence of sequences) freeSequence(sequence);
  return made;
}

describe.runIf(fixturesFolder).each(ENGINES)("the tiny models on %s", references, (_, options) => {
  it.each(tinyModels)("%s: logits, ten steps of STAN and LoRA, greedy text", async (architecture) => {
    await startEngine(options);
    const tiny = openTiny(fixturesFolder ?? "", architecture);
    for (const method of ["stan", "lora"] as const) {
      const adapter = tinyAdapter(tiny, method);
      const hooks = adapterHooks(adapter);
      const logits = tidy(() => readFloats(tiny.model.logits(tiny.model.forward(tinyBatch(tiny, 0), { hooks }).final)));
      expect(largestDifference(logits, tiny.values.read(`${method}.logits`))).toBeLessThan(2e-5);
      const rows = Array.from({ length: 10 }, (_, step) => rowsOf(tinyBatch(tiny, step))).flat();
      const trainer = new Trainer(causalObjective(tiny.model, adapter, rows), tinyTraining);
      const losses = Array.from({ length: 10 }, () => trainer.takeStep().loss);
      expect(largestDifference(losses, tiny.expected[method].losses)).toBeLessThan(2e-5);
      trainer.free();
      adapter.free();
    }
    const adapter = tinyAdapter(tiny, "stan", "edge.stan");
    expect(greedy(tiny, adapterHooks(adapter))).toEqual(Array.from(tiny.values.readInts("edge.greedy.ids"), Number).slice(-16));
    adapter.free();
    tiny.model.free();
    expect(liveTensors()).toBe(0);
  });
});
