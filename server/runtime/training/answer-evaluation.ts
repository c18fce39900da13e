import type { EvaluationMetrics } from "@/lib/contract/run";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import type { TrainedHead } from "@/server/engine/adapters/trained-head";
import { answerMetrics, constantLosses } from "@/server/engine/evaluation/answer-metrics";
import { type AnswerScores, answerScores } from "@/server/engine/evaluation/answer-scores";
import { compareLosses } from "@/server/engine/evaluation/compare-losses";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { TrainingError } from "@/server/engine/training/training-error";
import type { Turns } from "@/server/runtime/device-turns";
import type { AnsweredDataRow } from "@/server/runtime/rows/answered-row";
import { takeTurns } from "@/server/runtime/take-turns";
import type { Answers } from "./answer-data";
import type { HeldOutMeasurement } from "./training-task";

type Options = {
  readonly model: ClassificationModel;
  /** Undefined where the head is trained alone. */
  readonly trained: Trained | undefined;
  readonly head: TrainedHead;
  readonly rows: readonly AnsweredDataRow[];
  readonly answers: Answers;
  readonly batchRows: number;
  readonly turns: Turns;
};

/**
 * Measures what is trained, and its head, on held-out rows, beside an answer that does not look at the text: a base model has no trained head
 * that it could be compared with.
 */
export class AnswerEvaluation implements HeldOutMeasurement {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#options.rows.length === 0;
  }

  async measure(step: number, signal: AbortSignal): Promise<EvaluationMetrics> {
    const { rows, answers } = this.#options;
    const { scores, losses } = await this.#scores(signal);
    if (!losses.every(Number.isFinite)) {
      const message = `the held-out loss after step ${step} is not a number; a lower learning rate may help`;
      throw new TrainingError("nonFiniteLoss", step, message);
    }
    const given = rows.map(({ answer }) => answer);
    const asRows = (values: ArrayLike<number>) => Array.from(values, (lossSum) => ({ lossSum, labelTokens: 1 }));
    const domains = rows.map(({ domain }) => domain);
    const { byDomain, ...comparison } = compareLosses(asRows(losses), asRows(constantLosses(given, answers)), domains);
    return { step, ...comparison, byDomain: [...byDomain], answers: answerMetrics(scores, given, answers) };
  }

  async #scores(signal: AbortSignal): Promise<AnswerScores> {
    const { model, trained, head, rows, batchRows, turns } = this.#options;
    const passes = answerScores(() => ({ model, hooks: trained && adapterHooks(trained), head: head.read() }), rows, batchRows);
    return takeTurns(passes, { turns, kind: "background", signal });
  }
}
