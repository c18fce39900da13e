import type { EncoderBatch, Images } from "@/server/engine/models/encoders/encoder-batch";
import type { EncoderInputs } from "@/server/engine/models/encoders/encoder-inputs";
import type { PositionBatch } from "./position-batch";

/** An image as a collection takes it. */
export type CorpusImage = { readonly row: number; readonly image: Images; readonly domain: number };

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
  const each = (numberOf: (row: CorpusImage, position: number) => number) =>
    Int32Array.from({ length: rows.length * tokens }, (_, at) => numberOf(rows[Math.floor(at / tokens)] as CorpusImage, at % tokens));
  const batch: PositionBatch = {
    ids: null,
    counted: new Uint8Array(rows.length * tokens).fill(1),
    rows: each(({ row }) => row),
    positions: each((_, position) => position),
    domains: each(({ domain }) => domain),
  };
  return { batch, input, width: tokens };
}
