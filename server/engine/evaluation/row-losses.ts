import { type CausalModel, NO_LABEL } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { batchRows, type LabelledRow } from "@/server/engine/models/row-batches";

/** One tokenised row; a label of −100 carries no loss. */
export type EvaluationRow = LabelledRow;

/** What a model makes of one row. */
export type RowLoss = {
  /** Sum of the cross-entropies of its label tokens, nats. */
  readonly lossSum: number;
  readonly labelTokens: number;
};

/**
 * The loss of each row, in the rows' order. Rows of like length share a pass, so that little is padded; yields how many are
 * done after each pass. A pass is in parts too, between which the caller may let others work.
 *
 * @param hooks of an adapter; the base model runs without
 * @param batchTokens most tokens of a pass, padding counted (a longer row runs alone)
 */
export function* rowLosses(
  model: CausalModel,
  rows: readonly EvaluationRow[],
  hooks: ProjectionHooks | undefined,
  batchTokens = 1024,
): Generator<number | undefined, RowLoss[], void> {
  const losses = new Array<RowLoss>(rows.length).fill({ lossSum: 0, labelTokens: 0 });
  let done = 0;
  for (const { batch, rows: own } of batchRows(rows, batchTokens)) {
    const tokenLosses = yield* model.inParts.tokenLosses(batch, hooks);
    own.forEach((row, i) => {
      let lossSum = 0;
      let labelTokens = 0;
      for (let at = i * batch.tokens; at < (i + 1) * batch.tokens; at++) {
        const loss = tokenLosses[at] as number;
        if (batch.labels[at] === NO_LABEL || at === i * batch.tokens) continue;
        lossSum += loss;
        labelTokens++;
      }
      losses[row] = { lossSum, labelTokens };
    });
    done += own.length;
    yield done;
  }
  return losses;
}
