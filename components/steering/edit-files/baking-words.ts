import { bakingOf } from "@/lib/contract/baking";
import type { Edit } from "@/lib/contract/edit";
import { type EditHome, refusalOf } from "./placed-edits";

export type BakingWords = {
  readonly baked: readonly Edit[];
  /** `edit 3`, `edits 1, 2 and 5`; null where none can be baked. */
  readonly bakedNames: string | null;
  /** One an edit that is on and cannot be baked, those of one reason together. */
  readonly refused: readonly { readonly names: string; readonly reason: string }[];
};

/** Which edits of a list can be written into the adapter and why others cannot, by their places counted from 1; null where none is on. What the run cannot make at all cannot be baked. */
export function bakingWords(edits: readonly Edit[], home: EditHome): BakingWords | null {
  if (!edits.some(({ isOn }) => isOn)) return null;
  const impossible = edits.flatMap((edit) => {
    const reason = edit.isOn ? refusalOf(edit, home) : undefined;
    return reason === undefined ? [] : [{ edit, reason }];
  });
  const possible = edits.filter((edit) => impossible.every((one) => one.edit !== edit));
  const { baked, refused: inexact } = bakingOf(possible, home.form ?? home.method);
  const refused = [...inexact, ...impossible];
  const placeOf = (edit: Edit) => edits.indexOf(edit) + 1;
  const reasons = [...new Set(refused.map(({ reason }) => reason))];
  return {
    baked,
    bakedNames: baked.length === 0 ? null : placesInWords(baked.map(placeOf)),
    refused: reasons.map((reason) => ({
      names: placesInWords(refused.filter((one) => one.reason === reason).map(({ edit }) => placeOf(edit))),
      reason,
    })),
  };
}

const mostNamed = 6;

/** `edit 3`, `edits 1, 2 and 5`; many are counted. */
export function placesInWords(places: readonly number[]): string {
  if (places.length > mostNamed) return `${places.length} edits`;
  const last = places.at(-1);
  return places.length === 1 ? `edit ${last}` : `edits ${places.slice(0, -1).join(", ")} and ${last}`;
}
