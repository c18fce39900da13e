import { type ColumnsWith, columnOf, columnsWith, tellsOf } from "./latent-columns";
import { inTableOrder } from "./table-order";

/**
 * What is worth reading first (our choice): latents whose measured change of loss differs from 0, by the end of its 95 % interval that is nearer to 0, then all
 * others by specific share.
 */
export const readingOrder = "readingOrder";
/** The head of selectivity sorts by the lower end of its interval, so that one firing in one domain does not come before a thousand; this by the share. */
const shareAlone = "selectivityShare";
type OwnOrder = typeof readingOrder | typeof shareAlone;
export type LatentSortKey = ColumnsWith<"sort"> | OwnOrder;

/** Orders that no column's head stands for: their words, and their place in a narrow screen's list. */
const ownOrders: { readonly [key in OwnOrder]: { readonly word: string; readonly place: number } } = {
  [readingOrder]: { word: "reading order", place: 0 },
  [shareAlone]: { word: "selectivity, share alone", place: 60 },
};

/** Every order of the table, from its left; the one that it opens in before all. */
export const latentSortKeys: readonly LatentSortKey[] = [
  readingOrder,
  ...inTableOrder(columnsWith("sort")).flatMap((name) => (name === "label" ? ([shareAlone, name] as const) : [name])),
];

/** What an order goes by, in words. */
export function sortWord(key: LatentSortKey): string {
  return isOwn(key) ? ownOrders[key].word : (columnOf(key).word ?? key);
}

/** The order of a first click: the end that tells most, or the front of what is read. */
export function firstOrderOf(key: LatentSortKey): "asc" | "desc" {
  return isOwn(key) ? "desc" : (columnOf(key).sort?.first ?? "desc");
}

/** The orders as a narrow screen lists them: most telling first. */
export const tellingSorts: readonly LatentSortKey[] = latentSortKeys.toSorted((a, b) => tellingPlace(a) - tellingPlace(b));

/** Whether these latents differ in what an order goes by. */
export function orderTellsOf(key: LatentSortKey, isDense: boolean): boolean {
  return isOwn(key) ? key !== shareAlone || !isDense : tellsOf(key, isDense);
}

function tellingPlace(key: LatentSortKey): number {
  return isOwn(key) ? ownOrders[key].place : (columnOf(key).sort?.place ?? 0);
}

function isOwn(key: LatentSortKey): key is OwnOrder {
  return Object.hasOwn(ownOrders, key);
}
