import type { EncoderVariant } from "@/lib/contract/architectures/encoder-config";
import { type Batch, demandBatch, type Layout, textsOf } from "@/server/engine/models/batch";
import type { Images } from "@/server/engine/models/images";

/** Texts as an encoder reads them. */
export type TextBatch = Batch & {
  /** (rows · tokens) which segment of its row a token belongs to; all 0 when absent, ignored by a model that does not use segments. */
  readonly tokenTypeIds?: Int32Array | undefined;
  readonly images?: undefined;
};

/** The tokens of images: the class token and registers that the model has, then the patches, row by row. None is padding. */
export type ImageBatch = Pick<Layout, "rows" | "tokens" | "promptLengths"> & {
  readonly images: Images;
  readonly ids?: undefined;
  readonly attentionMask?: undefined;
  readonly positionIds?: undefined;
  readonly starts?: undefined;
};

/** What encoders read. */
export type EncoderBatch = TextBatch | ImageBatch;

/** What no token may look at; far below any score, and absorbing it: a row of nothing else becomes even. */
const HIDDEN = -1e30;

/** @throws RangeError as `demandBatch`, and for a token type that the model does not have */
export function demandEncoderBatch(batch: TextBatch, config: EncoderVariant): void {
  const { tokenTypeIds, tokens, rows, positionIds } = batch;
  demandBatch(batch, config.vocab, positionIds === undefined ? config.contextLength : config.numPositions);
  if (tokens > config.contextLength) {
    throw new RangeError(`rows of ${tokens} tokens do not fit the model's context of ${config.contextLength} tokens`);
  }
  if (tokenTypeIds === undefined) return;
  if (tokenTypeIds.length !== rows * tokens) {
    throw new RangeError(`tokenTypeIds has ${tokenTypeIds.length} entries where ${rows} rows of ${tokens} tokens have ${rows * tokens}`);
  }
  if (config.typeVocab === 0) return;
  const outside = tokenTypeIds.findIndex((type) => type < 0 || type >= config.typeVocab);
  if (outside >= 0) {
    throw new RangeError(
      `row ${Math.floor(outside / tokens)}, token ${outside % tokens}: token type ${tokenTypeIds[outside]} is not in 0…${config.typeVocab - 1}`,
    );
  }
}

type Given = TextBatch | { readonly images: Images };

/** @throws RangeError for images, and as `demandEncoderBatch` */
export function demandText(batch: Given, config: EncoderVariant): TextBatch {
  const texts = demandTexts(batch);
  demandEncoderBatch(texts, config);
  return texts;
}

/** @throws RangeError for images */
export function demandTexts(batch: Given): TextBatch {
  if (batch.images === undefined) return batch;
  throw new RangeError("the model reads texts, and the batch is of images");
}

export function isPadded({ attentionMask }: EncoderBatch): boolean {
  return attentionMask?.some((real) => real === 0) ?? false;
}

/** Whether some tokens of a row are hidden from others: padding, or those of another text. */
export function needsBias(batch: EncoderBatch): boolean {
  return batch.starts !== undefined || isPadded(batch);
}

/** (rows · tokens · tokens) to be added to scores where a token sees its own text alone, and padding, in turn, sees all evenly. */
export function pairBias(batch: TextBatch): Float32Array {
  const { rows, tokens, attentionMask } = batch;
  const keys = Float32Array.from({ length: rows * tokens }, (_, at) => (attentionMask?.[at] === 0 ? HIDDEN : 0));
  const bias = new Float32Array(keys.length * tokens).fill(HIDDEN);
  for (const { from, to } of textsOf(batch)) {
    const start = from % tokens;
    for (let query = from; query < to; query++) if (keys[query] === 0) bias.set(keys.subarray(from, to), query * tokens + start);
  }
  return bias;
}

/** By text, which is a row where none share one: where its first real token stands among all tokens of the batch. */
export function firstTokens(batch: EncoderBatch): Int32Array {
  const { rows, tokens, attentionMask, starts } = batch;
  if (starts !== undefined) return Int32Array.from(textsOf(batch), ({ from }) => from);
  return Int32Array.from({ length: rows }, (_, row) => {
    const first = attentionMask?.subarray(row * tokens, (row + 1) * tokens).findIndex((real) => real !== 0) ?? 0;
    return row * tokens + Math.max(first, 0);
  });
}

/**
 * (rows · tokens) RoBERTa's positions: from `padId` + 1 on, tokens that are padding by their id not counted, which stand at `padId`.
 */
export function positionsFromIds(batch: TextBatch, padId: number): Int32Array {
  const { ids } = batch;
  const positions = new Int32Array(ids.length).fill(padId);
  for (const { from, to } of textsOf(batch)) {
    let position = padId;
    for (let at = from; at < to; at++) if (ids[at] !== padId) positions[at] = ++position;
  }
  return positions;
}
