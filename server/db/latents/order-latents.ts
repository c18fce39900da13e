import type { LatentQuery, LatentSortKey } from "@/lib/contract/latent";
import type { Store } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import { type ColumnOrder, readOrder } from "./columns";
import { ordinalOffsets } from "./latent-ordinals";
import type { SelectedLatents } from "./select-latents";
import { readAblationColumn, readLabelColumn } from "./sparse-columns";

/** An order read in one direction. Latents without a value come last in both, by ordinal. */
export type LatentOrder = ColumnOrder & { total: number; isDescending: boolean };

export async function orderLatents(
  store: Store,
  collection: CollectionRow,
  { sort, order }: Pick<LatentQuery, "sort" | "order">,
): Promise<LatentOrder> {
  const total = ordinalOffsets(collection.modules)[collection.modules.length] ?? 0;
  return { ...(await columnOrder(store, collection, sort, total)), total, isDescending: order === "desc" };
}

/** Ordinals `offset`…`offset + limit − 1` of a selection in an order. */
export function pageOf(order: LatentOrder, { isMember, total }: SelectedLatents, page: { offset: number; limit: number }): number[] {
  const wanted = Math.min(page.limit, total - page.offset);
  if (wanted <= 0) return [];
  if (isMember === null) return Array.from({ length: wanted }, (_, i) => ordinalAt(order, page.offset + i));
  const ordinals: number[] = [];
  let skipped = 0;
  for (let place = 0; ordinals.length < wanted && place < order.total; place++) {
    const ordinal = ordinalAt(order, place);
    if (isMember[ordinal] === 0) continue;
    if (skipped < page.offset) skipped++;
    else ordinals.push(ordinal);
  }
  return ordinals;
}

/** The whole selection in its order. */
export function allOf(order: LatentOrder, { isMember, total }: SelectedLatents): Uint32Array {
  const ordinals = new Uint32Array(total);
  for (let place = 0, at = 0; at < total && place < order.total; place++) {
    const ordinal = ordinalAt(order, place);
    if (isMember === null || isMember[ordinal] === 1) ordinals[at++] = ordinal;
  }
  return ordinals;
}

/** The latents before and after one in a selection's order, whether or not that one is itself in the selection. */
export function neighboursOf(
  order: LatentOrder,
  { isMember }: SelectedLatents,
  ordinal: number,
): { previous: number | null; next: number | null } {
  const own = placeOfOrdinal(order, ordinal);
  const find = (step: number) => {
    for (let place = own + step; place >= 0 && place < order.total; place += step) {
      const other = ordinalAt(order, place);
      if (isMember === null || isMember[other] === 1) return other;
    }
    return null;
  };
  return { previous: find(-1), next: find(1) };
}

function ordinalAt({ ordinals, present, total, isDescending }: LatentOrder, place: number): number {
  if (ordinals === null) return isDescending ? total - 1 - place : place;
  return ordinals[isDescending && place < present ? present - 1 - place : place] as number;
}

function placeOfOrdinal({ ordinals, present, total, isDescending }: LatentOrder, ordinal: number): number {
  if (ordinals === null) return isDescending ? total - 1 - ordinal : ordinal;
  const ascending = ordinals.indexOf(ordinal);
  return isDescending && ascending < present ? present - 1 - ascending : ascending;
}

async function columnOrder(store: Store, collection: CollectionRow, sort: LatentSortKey, total: number): Promise<ColumnOrder> {
  switch (sort) {
    case "module":
      return { ordinals: null, present: total };
    case "density":
      return readOrder(store, collection, "fireCount");
    case "label": {
      const { values, revision } = await readLabelColumn(store, collection);
      return sparseOrder(store, collection, { sort, revision, total, compare: compareTexts }, () =>
        [...values].flatMap(([ordinal, { text }]) => (text === "" ? [] : [[ordinal, text] as const])),
      );
    }
    case "ablation": {
      const { values, revision } = await readAblationColumn(store, collection);
      return sparseOrder(store, collection, { sort, revision, total, compare: (a: number, b) => a - b }, () => [...values]);
    }
    default:
      return readOrder(store, collection, sort);
  }
}

const texts = new Intl.Collator("en", { sensitivity: "base", numeric: true });
const compareTexts = (a: string, b: string) => texts.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);

type SparseSort<Value> = { sort: string; revision: number; total: number; compare: (a: Value, b: Value) => number };

async function sparseOrder<Value>(
  store: Store,
  { id }: CollectionRow,
  { sort, revision, total, compare }: SparseSort<Value>,
  list: () => (readonly [number, Value])[],
): Promise<ColumnOrder> {
  return store.cache.get(`${id} order ${sort} ${revision}`, async () => {
    const sorted = list().sort(([aOrdinal, a], [bOrdinal, b]) => compare(a, b) || aOrdinal - bOrdinal);
    const ordinals = new Uint32Array(total);
    const isPresent = new Uint8Array(total);
    let at = 0;
    for (const [ordinal] of sorted) {
      ordinals[at++] = ordinal;
      isPresent[ordinal] = 1;
    }
    for (let ordinal = 0; ordinal < total; ordinal++) if (isPresent[ordinal] === 0) ordinals[at++] = ordinal;
    return { value: { ordinals, present: sorted.length }, bytes: ordinals.byteLength };
  });
}
