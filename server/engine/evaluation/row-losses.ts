import { type CausalModel, type LabelledBatch, NO_LABEL } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";

/** One tokenised row; a label of −100 carries no loss. */
export type EvaluationRow = { readonly ids: Int32Array; readonly labels: Int32Array };

/** What a model makes of one row. */
export type RowLoss = {
  /** Sum of the cross-entropies of its label tokens, nats. */
  readonly lossSum: number;
  readonly labelTokens: number;
};

/**
 * The loss of each row, in the rows' order. Rows of like length share a pass, so that little is padded; yields how many are
 * done after each pass, where the caller may let others work.
 *
 * @param hooks of an adapter; the base model runs without
 * @param batchTokens most tokens of a pass, padding counted (a longer row runs alone)
 */
export function* rowLosses(
  model: CausalModel,
  rows: readonly EvaluationRow[],
  hooks: ProjectionHooks | undefined,
  batchTokens = 1024,
): Generator<number, RowLoss[], void> {
  const losses = new Array<RowLoss>(rows.length).fill({ lossSum: 0, labelTokens: 0 });
  let done = 0;
  for (const group of groupsByLength(rows, batchTokens)) {
    const batch = padded(group.map((row) => rows[row] as EvaluationRow));
    const tokenLosses = model.tokenLosses(batch, hooks);
    group.forEach((row, i) => {
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
    done += group.length;
    yield done;
  }
  return losses;
}

/** Row numbers, shortest rows first, cut where a pass is full. */
function groupsByLength(rows: readonly EvaluationRow[], batchTokens: number): number[][] {
  const order = rows.map((_, row) => row).sort((a, b) => (rows[a]?.ids.length ?? 0) - (rows[b]?.ids.length ?? 0) || a - b);
  const groups: number[][] = [];
  for (const row of order) {
    const group = groups.at(-1);
    const longest = rows[row]?.ids.length ?? 0;
    if (group !== undefined && (group.length + 1) * longest <= batchTokens) group.push(row);
    else groups.push([row]);
  }
  return groups;
}

function padded(rows: readonly EvaluationRow[]): LabelledBatch {
  const tokens = rows.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const ids = new Int32Array(rows.length * tokens);
  const labels = new Int32Array(ids.length).fill(NO_LABEL);
  const attentionMask = new Int32Array(ids.length);
  rows.forEach((row, i) => {
    ids.set(row.ids, i * tokens);
    labels.set(row.labels, i * tokens);
    attentionMask.fill(1, i * tokens, i * tokens + row.ids.length);
  });
  return { ids, labels, attentionMask, rows: rows.length, tokens };
}
