import type { Trainable } from "@/server/engine/adapters/trainable";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { labelTokensOf, layTexts } from "@/server/engine/models/row-batches";
import type { Objective } from "@/server/engine/training/objective";
import type { TrainingRow } from "@/server/engine/training/settings";
import { TrainingError } from "@/server/engine/training/training-error";

/**
 * Cross-entropy of the next token over label tokens.
 *
 * @throws TrainingError when a row does not fit the model
 */
export function causalObjective(model: CausalModel, trained: Trainable, rows: readonly TrainingRow[]): Objective {
  demandRows(rows, model.config.contextLength);
  const rowAt = (row: number) => rows[row] as TrainingRow;
  return {
    numRows: rows.length,
    parameters: trained.parameters(),
    sparseModules: trained.sparseModules,
    selectsOverBatch: trained.selectsOverBatch ?? false,
    nothingOf: "no token of",
    tokensOf: (row) => rowAt(row).ids.length,
    labelsOf: (row) => labelTokensOf(rowAt(row)),
    lossAndGradients({ rows: chosen, recomputes, ...draw }, weight, onKept) {
      const batch = layTexts(chosen.map((sharing) => sharing.map(rowAt)));
      const { attentionMask } = batch;
      const hooks = trained.trainingHooks((module, indices, pass) => onKept(module, indices, pass, attentionMask), draw, attentionMask);
      return model.inParts.lossAndGradients(batch, hooks, weight, { recomputes });
    },
    endStep: () => trained.endStep?.(),
    release: () => trained.release(),
  };
}

function demandRows(rows: readonly TrainingRow[], contextLength: number): void {
  rows.forEach(({ ids, labels }, row) => {
    if (ids.length === 0 || ids.length !== labels.length) {
      throw new TrainingError("badRow", 0, `row ${row} has ${ids.length} tokens and ${labels.length} labels`);
    }
    if (ids.length > contextLength) {
      throw new TrainingError("badRow", 0, `row ${row} has ${ids.length} tokens; the model's context holds ${contextLength}`);
    }
  });
}
