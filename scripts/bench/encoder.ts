/**
 * Our side of the bench's training steps over an encoder, one task in a process of its own:
 * `node scripts/bench-encoder.mjs FOLDER encoder-lora|encoder-stan[-bf16] REPEATS`. The work is that of `peer_encoder.py`.
 */
import { Adapter } from "@/server/engine/adapters/adapter";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import { classification } from "@/server/engine/tasks/classification/classification";
import { engineInfo, startEngine } from "@/server/engine/tensor/backend";
import { Trainer } from "@/server/engine/training/trainer";
import { loadBase } from "@/server/runtime/models/load-base-model";

const [folder = "", task = "", repeatsText = "3"] = process.argv.slice(2);
const ROWS = 16;
const TOKENS = 48;
const LABELS = 3;
const targets = { modules: ["query", "value"], layers: null };
const adapters: Record<string, AdapterSettings> = {
  "encoder-lora": { method: "lora", rank: 16, alpha: 32, targets },
  "encoder-stan": { method: "stan", numLatents: 1024, k: 16, alpha: 1, selection: "signed", init: "zero", targets },
};

await startEngine();
const isHalf = task.endsWith("-bf16");
const settings = adapters[task.replace("-bf16", "")];
if (settings === undefined) throw new Error(`unknown task ${task}`);
const base = loadBase(folder, isHalf ? "fast" : "exact");
if (base.kind !== "encoder") throw new Error(`${folder} is no encoder`);
const { model: encoder } = base;
const model = createClassificationModel(encoder, LABELS);
const adapter = Adapter.create(encoder.projections, settings, 0);
const rows = Array.from({ length: ROWS }, (_, row) => ({
  ids: Int32Array.from({ length: TOKENS }, (__, i) => 1000 + (((row * TOKENS + i) * 7919) % 28_000)),
  answer: row % LABELS,
}));
const steps = Number(repeatsText) + 1;
const trainer = new Trainer(answerObjective(classification, model, adapter, TrainedHead.create(model, 0), rows), {
  steps,
  batchRows: ROWS,
  microBatchRows: null,
  learningRate: 1e-4,
  schedule: "constant",
  warmupFraction: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: null,
  shuffle: false,
  seed: 0,
});
// The first step warms up.
const all = Array.from({ length: steps }, secondsOfStep).slice(1);
const { version, kernels, device } = engineInfo();
process.stdout.write(
  `${JSON.stringify({
    ...{ task, all, unit: "s/step", median: [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] },
    peakMemoryMb: process.resourceUsage().maxRSS / 1024,
    version: `TensorFlow ${version}, ${device}, ${kernels} kernels`,
  })}\n`,
);

function secondsOfStep(): number {
  const start = performance.now();
  trainer.takeStep();
  return (performance.now() - start) / 1000;
}
