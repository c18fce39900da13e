import type { AnswerBenchmarkTask } from "@/lib/contract/tasks/benchmark-tasks";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { constantAnswers, measureAnswers } from "@/server/engine/benchmarks/measure-answers";
import type { Work } from "@/server/engine/studies/study-context";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import type { BenchmarkReading, OpensBenchmark, TrainedModel } from "@/server/runtime/tasks/benchmark-work";
import { type AnswerRows, readAnsweredImages, readAnswerRows } from "./answer-material";

/** Classes or numbers of a head over an encoder, beside the constant prediction. */
export const answerBenchmark: OpensBenchmark<AnswerBenchmarkTask> = {
  async open(reading, trainedModel, signal) {
    const { trained, classifier } = trainedModel;
    if (classifier === undefined) throw new Error(missing(trainedModel));
    const { model, head } = classifier;
    const { material, right } = await rowsOf(reading, trainedModel, classifier.task, signal);
    return {
      units: { on: material.rows.length, off: 0 },
      work: (arm) =>
        arm === "on"
          ? measureAnswers(() => ({ model, hooks: trained && adapterHooks(trained), head: head.read() }), material)
          : atOnce(() => constantAnswers(right)),
    };
  },
};

/** The rows as the encoder reads them. @throws Error for a model of another kind, and as the readers */
function rowsOf(
  reading: BenchmarkReading<AnswerBenchmarkTask>,
  trainedModel: TrainedModel,
  task: NonNullable<TrainedModel["classifier"]>["task"],
  signal: AbortSignal,
): Promise<AnswerRows> {
  const { base, classes: labels } = trainedModel;
  if (base.kind === "imageEncoder") return readAnsweredImages(reading, { base, task, labels }, signal);
  if (base.kind !== "encoder") throw new Error(missing(trainedModel));
  const { contextLength, typeVocab } = base.model.config;
  return readAnswerRows(reading, { task, tokenizer: demandTokenizer(base.tokenizer, base.path), contextLength, typeVocab, labels }, signal);
}

function missing({ base }: TrainedModel): string {
  return `over ${base.path} no head was trained for classification or regression`;
}

/** Work that is done in one piece. */
// biome-ignore lint/correctness/useYield: there is nothing between its beginning and its end
function* atOnce<Result>(make: () => Result): Work<Result> {
  return make();
}
