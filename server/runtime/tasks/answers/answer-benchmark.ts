import type { AnswerBenchmarkTask } from "@/lib/contract/tasks/benchmark-tasks";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { constantAnswers, measureAnswers } from "@/server/engine/benchmarks/measure-answers";
import type { Work } from "@/server/engine/studies/study-context";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import type { OpensBenchmark } from "@/server/runtime/tasks/benchmark-work";
import { readAnswerRows } from "./answer-material";

/** Classes or numbers of a head over an encoder, beside the constant prediction. */
export const answerBenchmark: OpensBenchmark<AnswerBenchmarkTask> = {
  async open(reading, { base, trained, classifier, classes }, signal) {
    if (base.kind !== "encoder" || classifier === undefined)
      throw new Error(`over ${base.path} no head was trained for classification or regression`);
    const { contextLength, typeVocab } = base.model.config;
    const { task, model, head } = classifier;
    const reader = { task, tokenizer: demandTokenizer(base.tokenizer, base.path), contextLength, typeVocab, labels: classes };
    const { material, right } = await readAnswerRows(reading, reader, signal);
    return {
      units: { on: material.rows.length, off: 0 },
      work: (arm) =>
        arm === "on"
          ? measureAnswers(() => ({ model, hooks: trained && adapterHooks(trained), head: head.read() }), material)
          : atOnce(() => constantAnswers(right)),
    };
  },
};

/** Work that is done in one piece. */
// biome-ignore lint/correctness/useYield: there is nothing between its beginning and its end
function* atOnce<Result>(make: () => Result): Work<Result> {
  return make();
}
