import type { Batch } from "@/server/engine/models/batch";
import { type LabelledBatch, NO_LABEL, type PassStart } from "@/server/engine/models/causal-model";
import { fromValues } from "@/server/engine/tensor/create";
import { gatherRows } from "@/server/engine/tensor/layout";

/** One row of a batch, to be run with one setting. */
export type Pair = {
  readonly setting: number;
  readonly row: number;
  /** The first position that the setting changes. */
  readonly from: number;
};

/** The rows of pairs side by side, with the labels that each setting can reach. */
export function layPairs(batch: Batch & { readonly labels?: Int32Array }, pairs: readonly Pair[]): LabelledBatch {
  const { tokens, ids, labels, attentionMask, promptLengths } = batch;
  const size = pairs.length * tokens;
  const laid = {
    ids: new Int32Array(size),
    labels: new Int32Array(size).fill(NO_LABEL),
    attentionMask: new Int32Array(size).fill(1),
    promptLengths: promptLengths === undefined ? undefined : Int32Array.from(pairs, ({ row }) => promptLengths[row] ?? tokens),
  };
  pairs.forEach(({ row, from }, i) => {
    const [begin, end] = [row * tokens, (row + 1) * tokens];
    laid.ids.set(ids.subarray(begin, end), i * tokens);
    if (attentionMask !== undefined) laid.attentionMask.set(attentionMask.subarray(begin, end), i * tokens);
    if (labels !== undefined) laid.labels.set(labels.subarray(begin + from + 1, end), i * tokens + from + 1);
  });
  return { ...laid, rows: pairs.length, tokens };
}

/** The states of pairs' rows from those of a batch; undefined at the bottom. */
export function startOfPairs(start: PassStart | undefined, tokens: number, pairs: readonly Pair[]): PassStart | undefined {
  if (start === undefined) return undefined;
  const at = Int32Array.from(
    { length: pairs.length * tokens },
    (_, i) => (pairs[Math.floor(i / tokens)]?.row ?? 0) * tokens + (i % tokens),
  );
  return { layer: start.layer, states: gatherRows(start.states, fromValues(at, [at.length])) };
}

/** Cuts pairs into passes of at most so many tokens; a longer row stands alone. */
export function passesOf(pairs: readonly Pair[], tokens: number, passTokens: number): Pair[][] {
  const atOnce = Math.max(1, Math.floor(passTokens / tokens));
  return Array.from({ length: Math.ceil(pairs.length / atOnce) }, (_, i) => pairs.slice(i * atOnce, (i + 1) * atOnce));
}
