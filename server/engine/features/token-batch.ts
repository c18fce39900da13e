import type { Batch } from "@/server/engine/models/batch";
import type { PositionBatch } from "./position-batch";

/** Positions that are tokens, by their ids. */
export type TokenBatch = PositionBatch & { ids: Int32Array };

/** Texts as a model reads them, with the segments of their tokens. */
type TextInput = Required<Pick<Batch, "ids" | "rows" | "tokens" | "attentionMask">> & { readonly tokenTypeIds: Int32Array };

/** A tokenised row as a collection takes it. */
export type CorpusRow = {
  row: number;
  ids: ArrayLike<number>;
  domain: number;
  /** The segment of each token, where a model uses segments; all 0 when absent. */
  tokenTypeIds?: Int32Array | undefined;
};

/**
 * Lays rows side by side, padded on the right to the longest.
 *
 * @param isCounted whether a position counts; by default every token
 * @returns the batch, what a model reads of it, and its width
 */
export function layTokenBatch(
  rows: readonly CorpusRow[],
  padId: number,
  isCounted: (id: number, position: number) => boolean = () => true,
): { batch: TokenBatch; input: TextInput; width: number } {
  const width = rows.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const size = rows.length * width;
  const batch: TokenBatch = {
    ids: new Int32Array(size).fill(padId),
    counted: new Uint8Array(size),
    rows: new Int32Array(size),
    positions: new Int32Array(size),
    domains: new Int32Array(size),
    classes: null,
  };
  const attentionMask = new Int32Array(size);
  const tokenTypes = new Int32Array(size);
  rows.forEach(({ row, ids, domain, tokenTypeIds }, index) => {
    const start = index * width;
    if (tokenTypeIds !== undefined) tokenTypes.set(tokenTypeIds, start);
    batch.rows.fill(row, start, start + width);
    batch.domains.fill(domain, start, start + width);
    for (let position = 0; position < ids.length; position++) {
      const id = ids[position] ?? padId;
      batch.ids[start + position] = id;
      batch.positions[start + position] = position;
      batch.counted[start + position] = isCounted(id, position) ? 1 : 0;
      attentionMask[start + position] = 1;
    }
  });
  return { batch, input: { ids: batch.ids, rows: rows.length, tokens: width, attentionMask, tokenTypeIds: tokenTypes }, width };
}
