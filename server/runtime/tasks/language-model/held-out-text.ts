import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { demandTexts } from "@/server/runtime/rows/read-row";
import { type HeldOutRequest, readHeldOut, takeSpread } from "@/server/runtime/rows/row-source";
import { textRows } from "@/server/runtime/rows/text-rows";
import { labelCount, type TokenRow } from "@/server/runtime/rows/token-row";
import type { MeasuredSource } from "@/server/runtime/tasks/latent-rows";

/**
 * Rows that a run did not train on, evenly spaced over them; those without a label token are left out.
 *
 * @returns none where the data holds none out
 * @throws FileError when the data cannot be read
 */
export async function readHeldOutRows(request: HeldOutRequest, base: BaseModel): Promise<TokenRow[]> {
  const rows = await readHeldOut(textRows(base, "train"), request);
  return (request.data.kind === "tokenRows" ? takeSpread(rows, request.count) : rows).filter((row) => labelCount(row) > 0);
}

export type HeldOutText = {
  readonly rows: readonly TokenRow[];
  /** Whether the run did not train on them; else they are some of the collection's own, or it is not known what the run trained on. */
  readonly isHeldOut: boolean;
  /** What the rows are, as a person is told. */
  readonly kind: string;
};

/** Labelled rows to measure a run's latents on: those that it holds out, or, where it holds none out or they are no longer there, of the collection. */
export async function heldOutText(
  { data, isTrainedHere, ofCollection, ...request }: Omit<MeasuredSource, "runName">,
  base: BaseModel,
): Promise<HeldOutText> {
  const heldOut = data === undefined ? [] : await readHeldOutRows({ ...request, data }, base);
  if (heldOut.length > 0) {
    // What a run that was trained elsewhere has seen is not known.
    if (!isTrainedHere) return { rows: heldOut, isHeldOut: false, kind: "rows that the run may have been trained on" };
    return { rows: heldOut, isHeldOut: true, kind: "held-out rows" };
  }
  const rows = demandTexts(await ofCollection())
    .filter((row) => labelCount(row) > 0)
    .sort((a, b) => a.row - b.row);
  const kind = "rows of the collection, since the run has no held-out rows";
  return { rows: takeSpread(rows, request.count), isHeldOut: false, kind };
}
