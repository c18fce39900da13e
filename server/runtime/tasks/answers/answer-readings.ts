import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import type { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { RowLoss } from "@/server/engine/evaluation/row-losses";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { answerMetrics, constantLosses } from "@/server/engine/tasks/answer-tasks";
import { answerScores } from "@/server/engine/tasks/answers/answer-scores";
import type { Turns } from "@/server/runtime/device-turns";
import type { AnsweredDataRow } from "@/server/runtime/rows/answered-row";
import { takeTurns } from "@/server/runtime/take-turns";
import type { HeldOutReadings } from "@/server/runtime/training/held-out-evaluation";
import type { Answers } from "./answers";

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

/** Reads held-out rows through a head, beside the constant prediction: a base model has no trained head to compare with. */
export function answerReadings({ model, trained, head, rows, answers, batchRows, turns }: Options) {
  const given = rows.map(({ answer }) => answer);
  return async (signal: AbortSignal): Promise<HeldOutReadings> => {
    const passes = answerScores(() => ({ model, hooks: trained && adapterHooks(trained), head: head.read() }), rows, batchRows);
    const { scores, losses } = await takeTurns(passes, { turns, kind: "background", signal });
    return {
      trained: asRows(losses),
      reference: asRows(constantLosses(given, answers)),
      metrics: () => answerMetrics(scores, given, answers),
    };
  };
}

function asRows(losses: ArrayLike<number>): RowLoss[] {
  return Array.from(losses, (lossSum) => ({ lossSum, labelTokens: 1 }));
}
