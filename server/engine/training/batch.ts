import { type LabelledBatch, NO_LABEL } from "@/server/engine/models/causal-model";
import type { TrainingRow } from "./settings";

/** Rows side by side, padded on the right to the longest of them; padding has id `padId`, no label and no attention. */
export function padRows(rows: readonly TrainingRow[], padId = 0): LabelledBatch {
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

/** Tokens of a row that are predicted: labelled ones after its first token. */
export function labelTokensOf({ labels }: TrainingRow): number {
  let count = 0;
  for (let at = 1; at < labels.length; at++) if (labels[at] !== NO_LABEL) count++;
  return count;
}

/** Row numbers as a person reads them: at most eight, then how many more. */
export function rowNames(rows: Iterable<number>): string {
  const all = [...new Set(rows)].sort((a, b) => a - b);
  const more = all.length > 8 ? ` and ${all.length - 8} more` : "";
  return `${all.length === 1 ? "row" : "rows"} ${all.slice(0, 8).join(", ")}${more}`;
}
