import type { EncoderBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { EncoderInputs } from "@/server/engine/models/encoders/encoder-inputs";
import type { Images } from "@/server/engine/models/images";
import type { PositionBatch } from "./position-batch";

/** An image as a collection takes it. */
export type CorpusImage = {
  readonly row: number;
  readonly image: Images;
  readonly domain: number;
  /** Place in the collection's classes, −1 for none; absent where there are none. */
  readonly class?: number;
};

/**
 * Lays images of one size side by side. Every token counts, in the order in which the model has them: the class token and registers where it has them,
 * then the patches, row by row.
 */
export function layImageBatch(
  rows: readonly CorpusImage[],
  inputs: EncoderInputs,
): { batch: PositionBatch; input: EncoderBatch; width: number } {
  const input = inputs.lay(rows.map((row) => [row]));
  const { tokens } = input;
  return { batch: imagePositions(rows, tokens), input, width: tokens };
}

/** Positions of images with as many tokens each, all of which count. */
export function imagePositions(rows: readonly Omit<CorpusImage, "image">[], tokens: number): PositionBatch {
  const each = (numberOf: (row: Omit<CorpusImage, "image">, position: number) => number) =>
    Int32Array.from({ length: rows.length * tokens }, (_, at) =>
      numberOf(rows[Math.floor(at / tokens)] as Omit<CorpusImage, "image">, at % tokens),
    );
  return {
    ids: null,
    counted: new Uint8Array(rows.length * tokens).fill(1),
    rows: each(({ row }) => row),
    positions: each((_, position) => position),
    domains: each(({ domain }) => domain),
    classes: rows.every((row) => row.class === undefined) ? null : each((row) => row.class ?? -1),
  };
}
