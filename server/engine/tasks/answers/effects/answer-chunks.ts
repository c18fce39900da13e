import type { AnsweredBatch } from "@/server/engine/models/encoders/classification-model";
import type { EncoderBatch } from "@/server/engine/models/encoders/encoder-model";
import { groupByLength } from "@/server/engine/models/row-batches";
import { type AnsweredRow, layRows } from "@/server/engine/tasks/answers/answered-rows";
import type { Classifier } from "./classifier";

/** Rows that share a pass; `rows[i]` is the place of the batch's row i among those that were given. */
export type AnswerChunk = { readonly batch: AnsweredBatch; readonly rows: readonly number[] };

/** Lays answered rows out in batches, shortest first. @param batchTokens most tokens of a batch, padding counted (a longer row stands alone) */
export function chunkAnswers({ task, model }: Classifier, rows: readonly AnsweredRow[], batchTokens: number): AnswerChunk[] {
  return groupByLength(rows, batchTokens).map((group) => ({
    batch: layRows(
      task,
      group.map((row) => rows[row] as AnsweredRow),
      model,
    ),
    rows: group,
  }));
}

/** Some rows of a batch, as wide as it is; a row may be taken several times. @param places of the rows in the batch */
export function takeRows({ ids, attentionMask, tokenTypeIds, tokens }: EncoderBatch, places: readonly number[]): EncoderBatch {
  const take = (values: Int32Array | undefined) => {
    if (values === undefined) return undefined;
    const taken = new Int32Array(places.length * tokens);
    places.forEach((place, i) => {
      taken.set(values.subarray(place * tokens, (place + 1) * tokens), i * tokens);
    });
    return taken;
  };
  return {
    ids: take(ids) as Int32Array,
    attentionMask: take(attentionMask),
    tokenTypeIds: take(tokenTypeIds),
    rows: places.length,
    tokens,
  };
}
