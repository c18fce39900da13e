import { type ColumnsWith, columnOf, columnsWith } from "./latent-columns";
import { inTableOrder } from "./table-order";

/** The head of selectivity sorts by the lower end of its interval, so that one firing in one domain does not come before a thousand; this by the share. */
const shareAlone = "selectivityShare";
export type LatentSortKey = ColumnsWith<"sort"> | typeof shareAlone;

/** Every order of the table, from its left. */
export const latentSortKeys: readonly LatentSortKey[] = inTableOrder(columnsWith("sort")).flatMap((name) =>
  name === "label" ? [shareAlone, name] : [name],
);

/** What an order goes by, in words. */
export function sortWord(key: LatentSortKey): string {
  return key === shareAlone ? "selectivity, share alone" : (columnOf(key).word ?? key);
}

/** The order of a first click: the end that tells most, or the front of what is read. */
export function firstOrderOf(key: LatentSortKey): "asc" | "desc" {
  return key === shareAlone ? "desc" : (columnOf(key).sort?.first ?? "desc");
}

/** The orders as a narrow screen lists them: most telling first. */
export const tellingSorts: readonly LatentSortKey[] = latentSortKeys.toSorted((a, b) => tellingPlace(a) - tellingPlace(b));

function tellingPlace(key: LatentSortKey): number {
  return key === shareAlone ? 60 : (columnOf(key).sort?.place ?? 0);
}
