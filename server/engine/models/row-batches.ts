import type { Batch } from "./batch";
import { type LabelledBatch, NO_LABEL } from "./causal-model";
import { countImages, type Images, joinImages } from "./images";

/** One tokenised row; a label of −100 carries no loss, nor does that of the first token. */
export type LabelledRow = {
  readonly ids: Int32Array;
  readonly labels: Int32Array;
  /** Whose features stand at its image tokens, in their order. */
  readonly images?: Images | undefined;
};

/** Rows that share a pass; `rows[i]` is the place of the batch's row i among those that were given. */
export type RowBatch = { readonly batch: LabelledBatch; readonly rows: readonly number[] };

/**
 * Lays rows out in batches, shortest rows first, so that little is padded.
 *
 * @param batchTokens most tokens of a batch, padding counted (a longer row stands alone)
 */
export function batchRows(rows: readonly LabelledRow[], batchTokens: number): RowBatch[] {
  const lengths = rows.map(({ ids }) => ids.length);
  return groupByLength(lengths, batchTokens).map((group) => ({
    batch: padRows(group.map((row) => rows[row] as LabelledRow)),
    rows: group,
  }));
}

/** Places of rows of these lengths that share a batch, as `batchRows` lays them. */
export function groupByLength(lengths: readonly number[], batchTokens: number): number[][] {
  const order = lengths.map((_, row) => row).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const groups: number[][] = [];
  for (const row of order) {
    const group = groups.at(-1);
    const longest = lengths[row] ?? 0;
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
  return layTexts(
    rows.map((row) => [row]),
    padId,
  );
}

/** The same of rows that hold one text or several, one after another. */
export function layTexts(rows: readonly (readonly LabelledRow[])[], padId = 0): LabelledBatch {
  const { places, ...laid } = placeTexts(rows);
  const ids = new Int32Array(laid.rows * laid.tokens).fill(padId);
  const labels = new Int32Array(ids.length).fill(NO_LABEL);
  rows.flat().forEach((text, i) => {
    ids.set(text.ids, places[i]);
    labels.set(text.labels, places[i]);
  });
  return { ids, labels, ...imagesOf(rows), ...laid };
}

/** The images of texts by the rows that they stand in, one after another; nothing where none has any. */
export function imagesOf(rows: readonly (readonly Pick<LabelledRow, "images">[])[]): Pick<Batch, "images" | "imageCounts"> {
  const own = rows.map((texts) => texts.flatMap(({ images }) => images ?? []));
  if (own.every((images) => images.length === 0)) return {};
  const imageCounts = Int32Array.from(own, (images) => images.reduce((sum, one) => sum + countImages(one), 0));
  return { images: joinImages(own.flat()), imageCounts };
}

/** Where texts lie in a batch, with what makes a batch of them besides their ids. */
export type PlacedTexts = Required<Pick<Batch, "rows" | "tokens" | "attentionMask">> &
  Pick<Batch, "starts"> & {
    /** By text, in the order given: its first token among all of the batch's. */
    readonly places: readonly number[];
  };

/** Lays texts out, one after another in each row, padded on the right to the longest row. */
export function placeTexts(rows: readonly (readonly Pick<LabelledRow, "ids">[])[]): PlacedTexts {
  const tokens = rows.reduce((longest, texts) => Math.max(longest, lengthOf(texts)), 0);
  const attentionMask = new Int32Array(rows.length * tokens);
  const starts = new Int32Array(attentionMask.length);
  const places: number[] = [];
  rows.forEach((texts, row) => {
    let start = 0;
    for (const { ids } of texts) {
      places.push(row * tokens + start);
      starts.fill(start, row * tokens + start, (row + 1) * tokens);
      start += ids.length;
    }
    attentionMask.fill(1, row * tokens, row * tokens + start);
  });
  const sharesRows = rows.some((texts) => texts.length > 1);
  return { rows: rows.length, tokens, attentionMask, ...(sharesRows ? { starts } : {}), places };
}

function lengthOf(texts: readonly Pick<LabelledRow, "ids">[]): number {
  return texts.reduce((sum, { ids }) => sum + ids.length, 0);
}
