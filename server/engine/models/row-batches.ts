import { type LabelledBatch, NO_LABEL } from "./causal-model";

/** One tokenised row; a label of −100 carries no loss, nor does that of the first token. */
export type LabelledRow = { readonly ids: Int32Array; readonly labels: Int32Array };

/** Rows that share a pass; `rows[i]` is the place of the batch's row i among those that were given. */
export type RowBatch = { readonly batch: LabelledBatch; readonly rows: readonly number[] };

/**
 * Lays rows out in batches, shortest rows first, so that little is padded.
 *
 * @param batchTokens most tokens of a batch, padding counted (a longer row stands alone)
 */
export function batchRows(rows: readonly LabelledRow[], batchTokens: number): RowBatch[] {
  return groupByLength(rows, batchTokens).map((group) => ({ batch: padRows(group.map((row) => rows[row] as LabelledRow)), rows: group }));
}

/** Places of rows that share a batch, as `batchRows` lays them. */
export function groupByLength(rows: readonly Pick<LabelledRow, "ids">[], batchTokens: number): number[][] {
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

/** Tokens of a row whose prediction carries loss. */
export function labelTokensOf({ labels }: LabelledRow): number {
  let count = 0;
  for (let at = 1; at < labels.length; at++) if (labels[at] !== NO_LABEL) count++;
  return count;
}

/** Rows side by side, padded on the right to the longest of them; padding has id `padId`, no label and no attention. */
export function padRows(rows: readonly LabelledRow[], padId = 0): LabelledBatch {
  const tokens = rows.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const ids = new Int32Array(rows.length * tokens).fill(padId);
  const labels = new Int32Array(ids.length).fill(NO_LABEL);
  const attentionMask = new Int32Array(ids.length);
  rows.forEach((row, i) => {
    ids.set(row.ids, i * tokens);
    labels.set(row.labels, i * tokens);
    attentionMask.fill(1, i * tokens, i * tokens + row.ids.length);
  });
  return { ids, labels, attentionMask, rows: rows.length, tokens };
}
