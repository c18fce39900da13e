import type { EncoderVariant } from "@/lib/contract/architectures/encoder-config";
import type { Images } from "@/server/engine/models/images";
import { placeTexts } from "@/server/engine/models/row-batches";
import type { EncoderBatch, TextBatch } from "./encoder-batch";

/** A text, or two that are read together. */
export type TextRow = {
  readonly ids: Int32Array;
  /** As long as the ids; all 0 when absent. */
  readonly tokenTypeIds?: Int32Array | undefined;
  readonly image?: undefined;
};

/** An image, (channels, height, width) as its preprocessing leaves it. */
export type ImageRow = { readonly image: Images; readonly ids?: undefined };

/** One input of an encoder. */
export type EncoderRow = TextRow | ImageRow;

/** How the kind of input that an encoder reads becomes its batches: the one place that tells texts from images. */
export type EncoderInputs = {
  /** Positions of a row. */
  tokensOf(row: EncoderRow): number;
  /**
   * Why the model cannot read a row, to follow its name in a sentence: "has no tokens"; null where it can.
   *
   * @param beside a row that it may share a pass with
   */
  problemOf(row: EncoderRow, beside?: EncoderRow): string | null;
  /** Inputs side by side, several one after another in a row where their kind can share one. @throws RangeError for another kind of input */
  lay(rows: readonly (readonly EncoderRow[])[]): EncoderBatch;
  /** Some rows of a batch, as wide as it is; a row may be taken several times. @param places of the rows in the batch */
  take(batch: EncoderBatch, places: readonly number[]): EncoderBatch;
};

/** Texts, padded on the right to the longest row. */
export function textInputs({ contextLength, padId }: Pick<EncoderVariant, "contextLength" | "padId">): EncoderInputs {
  return {
    tokensOf: (row) => demandTextRow(row).ids.length,
    problemOf(row) {
      if (row.image !== undefined) return "is an image, and the model reads texts";
      const { ids, tokenTypeIds } = row;
      if (ids.length === 0) return "has no tokens";
      if (ids.length > contextLength) return `has ${ids.length} tokens; the model's context holds ${contextLength}`;
      if (tokenTypeIds === undefined || tokenTypeIds.length === ids.length) return null;
      return `has ${ids.length} tokens and ${tokenTypeIds.length} token types`;
    },
    lay: (rows) =>
      layTexts(
        rows.map((sharing) => sharing.map(demandTextRow)),
        padId,
      ),
    take: takeTexts,
  };
}

function demandTextRow(row: EncoderRow): TextRow {
  if (row.image !== undefined) throw new RangeError("the model reads texts, and a row is an image");
  return row;
}

function layTexts(rows: readonly (readonly TextRow[])[], padId: number): TextBatch {
  const { places, ...laid } = placeTexts(rows);
  const ids = new Int32Array(laid.rows * laid.tokens).fill(padId);
  const tokenTypeIds = new Int32Array(ids.length);
  rows.flat().forEach((text, i) => {
    ids.set(text.ids, places[i]);
    if (text.tokenTypeIds !== undefined) tokenTypeIds.set(text.tokenTypeIds, places[i]);
  });
  return { ids, tokenTypeIds, ...laid };
}

function takeTexts(batch: EncoderBatch, places: readonly number[]): TextBatch {
  if (batch.images !== undefined) throw new RangeError("the model reads texts, and the batch is of images");
  const { ids, attentionMask, tokenTypeIds, tokens } = batch;
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
