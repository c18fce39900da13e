import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import type { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { RowLoss } from "@/server/engine/evaluation/row-losses";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { answerScores } from "@/server/engine/tasks/answers/answer-scores";
import type { AnswerTaskOf } from "@/server/engine/tasks/answers/answer-task";
import type { Turns } from "@/server/runtime/device-turns";
import type { AnsweredDataRow } from "@/server/runtime/rows/answered-row";
import { takeTurns } from "@/server/runtime/take-turns";
import type { HeldOutReadings } from "@/server/runtime/training/held-out-evaluation";
import type { HeldOutRow } from "@/server/runtime/training/training-task";
import type { Answers } from "./answer-learning";

type Options = {
  readonly task: AnswerTaskOf;
  readonly model: ClassificationModel;
  /** Undefined where the head is trained alone. */
  readonly trained: Trained | undefined;
  readonly head: TrainedHead;
  readonly rows: readonly AnsweredDataRow[];
  readonly answers: Answers;
  readonly batchRows: number;
  readonly turns: Turns;
};

/** Reads held-out rows through a head, beside the constant prediction: a base model has no trained head to compare with. */
export function answerReadings({ task, model, trained, head, rows, answers, batchRows, turns }: Options) {
  const given = rows.map(({ answer }) => answer);
  const answerAt = (row: number, scores: Float32Array): Pick<HeldOutRow, "answer"> => {
    const predicted = task.answerOf(scores.subarray(row * model.numLabels, (row + 1) * model.numLabels));
    const target = given[row];
    return typeof predicted === "number" && typeof target === "number" ? { answer: { predicted, target } } : {};
  };
  return async (signal: AbortSignal): Promise<HeldOutReadings> => {
    const passes = answerScores(task, () => ({ model, hooks: trained && adapterHooks(trained), head: head.read() }), rows, batchRows);
    const { scores, losses } = await takeTurns(passes, { turns, kind: "background", signal });
    return {
      trained: asRows(losses).map((row, at) => ({ ...row, ...answerAt(at, scores) })),
      reference: asRows(task.constantLosses(given, answers.known)),
      metrics: () => task.metrics(scores, given, answers.known),
    };
  };
}

function asRows(losses: ArrayLike<number>): RowLoss[] {
  return Array.from(losses, (lossSum) => ({ lossSum, labelTokens: 1 }));
}
