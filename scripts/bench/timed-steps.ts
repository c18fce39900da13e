import { Adapter } from "@/server/engine/adapters/adapter";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderModel } from "@/server/engine/models/encoders/encoder-model";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import type { AnsweredRow } from "@/server/engine/tasks/answers/answered-rows";
import { classification } from "@/server/engine/tasks/classification/classification";
import type { Objective } from "@/server/engine/training/objective";
import { Trainer } from "@/server/engine/training/trainer";
import { secondsOf } from "./timing";

export const numLabels = 3;

/** Seconds of optimizer steps over all rows at once; the first step warms up and is left out. */
export function secondsOfSteps(objective: Objective, repeats: number): number[] {
  const steps = repeats + 1;
  const trainer = new Trainer(objective, {
    steps,
    batchRows: objective.numRows,
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

/** A classification into `numLabels` classes, with a fresh head. */
export function classificationOf(encoder: EncoderModel, settings: AdapterSettings, rows: readonly AnsweredRow[]): Objective {
  const model = createClassificationModel(encoder, numLabels);
  return answerObjective(classification, model, Adapter.create(encoder.projections, settings, 0), TrainedHead.create(model, 0), rows);
}
