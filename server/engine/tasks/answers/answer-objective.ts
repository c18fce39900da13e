import type { Trainable } from "@/server/engine/adapters/trainable";
import type { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { KeptObserver } from "@/server/engine/methods/attached-module";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { demandAnswers } from "@/server/engine/models/encoders/row-answers";
import type { Objective } from "@/server/engine/training/objective";
import { TrainingError } from "@/server/engine/training/training-error";
import type { AnswerTaskOf } from "./answer-task";
import { type AnsweredRow, layAnswered, layRows } from "./answered-rows";

/**
 * A task's loss of whole rows through a head that is trained with the adapter, or alone.
 *
 * @param trained undefined for the head alone
 * @throws TrainingError when a row does not fit the model or the head
 */
export function answerObjective(
  task: AnswerTaskOf,
  model: ClassificationModel,
  trained: Trainable | undefined,
  head: TrainedHead,
  rows: readonly AnsweredRow[],
): Objective {
  rows.forEach((row, at) => {
    demandRow(task, model, { row, beside: rows[0] ?? row }, at);
  });
  const rowAt = (row: number) => rows[row] as AnsweredRow;
  return {
    numRows: rows.length,
    parameters: [...(trained?.parameters() ?? []), ...head.parameters()],
    sparseModules: trained?.sparseModules ?? [],
    selectsOverBatch: trained?.selectsOverBatch ?? false,
    nothingOf: "none of",
    tokensOf: (row) => model.encoder.inputs.tokensOf(rowAt(row)),
    labelsOf: (row) => (task.has(rowAt(row).answer) ? 1 : 0),
    lossAndGradients({ rows: chosen, recomputes, ...draw }, weight, onKept) {
      const batch = layAnswered(
        task,
        chosen.map((sharing) => sharing.map(rowAt)),
        model,
      );
      const observe: KeptObserver = (module, indices, pass) => {
        if (pass.reads === "relativePositions") return;
        onKept(module, indices, pass, pass.reads === "firstTokens" ? undefined : batch.attentionMask);
      };
      const hooks = trained?.trainingHooks(observe, draw, batch.attentionMask);
      return model.inParts.lossAndGradients(batch, hooks, head.read(), weight, { recomputes });
    },
    endStep: () => trained?.endStep?.(),
    release() {
      trained?.release();
      head.release();
    },
  };
}

function demandRow(
  task: AnswerTaskOf,
  model: ClassificationModel,
  { row, beside }: { readonly row: AnsweredRow; readonly beside: AnsweredRow },
  at: number,
): void {
  const problem = model.encoder.inputs.problemOf(row, beside);
  if (problem !== null) throw new TrainingError("badRow", 0, `row ${at} ${problem}`);
  if (!task.has(row.answer)) return;
  try {
    demandAnswers(layRows(task, [row], model).answers, 1, model.numLabels);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.replace(/^row 0: /, "") : String(cause);
    throw new TrainingError("badRow", 0, `row ${at}: ${message}`);
  }
}
