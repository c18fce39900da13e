import { Adapter } from "@/server/engine/adapters/adapter";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderModel } from "@/server/engine/models/encoders/encoder-model";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import type { AnsweredRow } from "@/server/engine/tasks/answers/answered-rows";
import { classification } from "@/server/engine/tasks/classification/classification";
import { engineInfo } from "@/server/engine/tensor/backend";
import { Trainer } from "@/server/engine/training/trainer";

export const numLabels = 3;

/** Seconds of each optimizer step of a classification, all rows in one batch; the first step warms up and is left out. */
export function secondsOfSteps(encoder: EncoderModel, settings: AdapterSettings, rows: readonly AnsweredRow[], repeats: number): number[] {
  const steps = repeats + 1;
  const model = createClassificationModel(encoder, numLabels);
  const adapter = Adapter.create(encoder.projections, settings, 0);
  const trainer = new Trainer(answerObjective(classification, model, adapter, TrainedHead.create(model, 0), rows), {
    steps,
    batchRows: rows.length,
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
  return Array.from({ length: steps }, () => secondsOf(() => trainer.takeStep())).slice(1);
}

export function secondsOf(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** The line that `bench.mjs` reads. */
export function report(task: string, all: readonly number[], unit: string): void {
  const median = [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
  const { version, kernels, device } = engineInfo();
  const peakMemoryMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(
    `${JSON.stringify({ task, median, all, unit, peakMemoryMb, version: `TensorFlow ${version}, ${device}, ${kernels} kernels` })}\n`,
  );
}
