import type { Trainable } from "@/server/engine/adapters/trainable";
import type { KeptObserver } from "@/server/engine/methods/attached-module";
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
  demandImages(rows, model, trained);
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
      const onPass: KeptObserver = (module, indices, pass) =>
        onKept(module, indices, pass, pass.reads === "images" ? undefined : attentionMask);
      const hooks = trained.trainingHooks(onPass, draw, attentionMask);
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

/** What is trained below a language model learns from images alone: every step needs one, so every row does. */
function demandImages(rows: readonly TrainingRow[], { images }: CausalModel, trained: Trainable): void {
  const below = images?.projections.find(({ module }) => trained.parameters().some(({ key }) => key.startsWith(`${module}.`)));
  const row = rows.findIndex((one) => one.images === undefined);
  if (below === undefined || row < 0) return;
  throw new TrainingError(
    "badRow",
    0,
    `row ${row} has no image, and ${below.module} learns from images alone: train the language model's modules`,
  );
}
