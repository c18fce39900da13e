import type { Batch } from "@/server/engine/models/batch";
import { type LabelledBatch, NO_LABEL, type PassStart } from "@/server/engine/models/causal-model";
import { joinImages, someImages } from "@/server/engine/models/images";
import { fromValues } from "@/server/engine/tensor/create";
import { gatherRows } from "@/server/engine/tensor/layout";

/** A row of a batch that is run again with something changed, from position `first` on; a row may be chosen several times. */
export type ChosenRow = { readonly row: number; readonly first: number };

/** Chosen rows side by side, with the labels that their changes can reach. */
export function layRows(batch: Batch & { readonly labels?: Int32Array }, chosen: readonly ChosenRow[]): LabelledBatch {
  const { tokens, ids, labels, attentionMask, promptLengths } = batch;
  const size = chosen.length * tokens;
  const laid = {
    ids: new Int32Array(size),
    labels: new Int32Array(size).fill(NO_LABEL),
    attentionMask: new Int32Array(size).fill(1),
    promptLengths: promptLengths === undefined ? undefined : Int32Array.from(chosen, ({ row }) => promptLengths[row] ?? tokens),
  };
  chosen.forEach(({ row, first }, i) => {
    const [begin, end] = [row * tokens, (row + 1) * tokens];
    laid.ids.set(ids.subarray(begin, end), i * tokens);
    if (attentionMask !== undefined) laid.attentionMask.set(attentionMask.subarray(begin, end), i * tokens);
    if (labels !== undefined) laid.labels.set(labels.subarray(begin + first + 1, end), i * tokens + first + 1);
  });
  return { ...laid, ...imagesOf(batch, chosen), rows: chosen.length, tokens };
}

/** The images of chosen rows. @throws Error for a batch that does not say which are whose */
function imagesOf({ images, imageCounts }: Batch, chosen: readonly Pick<ChosenRow, "row">[]): Pick<Batch, "images" | "imageCounts"> {
  if (images === undefined) return {};
  if (imageCounts === undefined) throw new Error("rows cannot be taken from a batch that does not say how many images each has");
  const counts = Int32Array.from(chosen, ({ row }) => imageCounts[row] ?? 0);
  const own = chosen.flatMap(({ row }, at) => {
    const before = imageCounts.subarray(0, row).reduce((sum, count) => sum + count, 0);
    return counts[at] === 0 ? [] : someImages(images, before, counts[at] as number);
  });
  return own.length === 0 ? {} : { images: joinImages(own), imageCounts: counts };
}

/** The states of chosen rows from those of their batch; undefined at the bottom. */
export function startOfRows(
  start: PassStart | undefined,
  tokens: number,
  chosen: readonly Pick<ChosenRow, "row">[],
): PassStart | undefined {
  if (start === undefined) return undefined;
  const at = new Int32Array(chosen.length * tokens);
  chosen.forEach(({ row }, i) => {
    for (let position = 0; position < tokens; position++) at[i * tokens + position] = row * tokens + position;
  });
  return { layer: start.layer, states: gatherRows(start.states, fromValues(at, [at.length])) };
}

/** Cuts rows into passes of at most so many tokens; a longer row stands alone. */
export function passesOf<Row>(rows: readonly Row[], tokens: number, passTokens: number): Row[][] {
  const atOnce = Math.max(1, Math.floor(passTokens / tokens));
  return Array.from({ length: Math.ceil(rows.length / atOnce) }, (_, i) => rows.slice(i * atOnce, (i + 1) * atOnce));
}
