import type { Batch } from "@/server/engine/models/batch";
import { batchRows } from "@/server/engine/models/row-batches";

/** A prompt and what is read right after it: the adapter's continuation, or a target string. */
export type StudyText = {
  /** Place among the prompts. */
  readonly prompt: number;
  /** Place among the targets; null for the continuation. */
  readonly target: number | null;
  /** The prompt and all but the last token that is read: nothing is predicted from that one. */
  readonly ids: Int32Array;
  readonly promptLength: number;
  /** The tokens that are read; the first is predicted by the prompt's last token. */
  readonly read: Int32Array;
};

/** Texts that share a pass. */
export type TextChunk = { readonly batch: Batch; readonly texts: readonly StudyText[] };

/** @throws RangeError when there is nothing to read, or prompt and what follows do not fit the model's context */
export function studyText(
  prompt: readonly number[],
  read: readonly number[],
  places: { readonly prompt: number; readonly target: number | null },
  contextLength: number,
): StudyText {
  if (read.length === 0) throw new RangeError(`target ${places.target} has no token`);
  const ids = Int32Array.from([...prompt, ...read.slice(0, -1)]);
  if (ids.length > contextLength) {
    throw new RangeError(
      `prompt ${places.prompt} with what follows has ${ids.length} tokens, but the model's context is ${contextLength} tokens`,
    );
  }
  return { ...places, ids, promptLength: prompt.length, read: Int32Array.from(read) };
}

/** Lays texts out in batches of at most so many tokens (a longer text stands alone), the shortest first. */
export function layTexts(texts: readonly StudyText[], passTokens: number): TextChunk[] {
  const rows = texts.map(({ ids }) => ({ ids, labels: ids }));
  return batchRows(rows, passTokens).map(({ batch, rows: places }) => {
    const own = places.map((place) => texts[place] as StudyText);
    const { ids, rows: count, tokens, attentionMask } = batch;
    return {
      batch: { ids, rows: count, tokens, attentionMask, promptLengths: Int32Array.from(own, (text) => text.promptLength) },
      texts: own,
    };
  });
}

/** Rows of a pass's final states, from reading `from` on, of a text that is the pass's row `row`: the i-th reading predicts the i-th read token. */
export function readingRows({ promptLength, read }: StudyText, row: number, tokens: number, from: number): Int32Array {
  return Int32Array.from(read.subarray(from), (_, i) => row * tokens + promptLength - 1 + from + i);
}
