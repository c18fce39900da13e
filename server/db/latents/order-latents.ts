import type { LatentQuery } from "@/lib/contract/latent";
import type { Store } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import { columnOrder } from "./column-orders";
import type { ColumnOrder } from "./columns";
import { ordinalOffsets } from "./latent-ordinals";
import { type LatentSelection, selectLatents } from "./select-latents";

/** The `total` latents of a selection in an order read in one direction. Those without a value come last in both, by ordinal. */
export type OrderedLatents = ColumnOrder & { total: number; isDescending: boolean };

/** A selection in its order: sifted once out of the order of all latents, and kept while there is room. */
export async function orderLatents(store: Store, collection: CollectionRow, query: LatentSelection): Promise<OrderedLatents> {
  const [selected, whole] = await Promise.all([selectLatents(store, collection, query), orderAll(store, collection, query)]);
  const { isMember, total, key } = selected;
  if (isMember === null) return whole;
  const sifted = await store.cache.get(`${key} in ${whole.name}`, async () => {
    const value = siftOrder(whole, isMember, total);
    return { value, bytes: value.ordinals.byteLength };
  });
  return { ...sifted, total, isDescending: whole.isDescending };
}

/** A first page is looked for in this share of an order before the whole is sifted. */
const walkedShare = 8;

/** Ordinals `offset`…`offset + limit − 1` of a selection in its order, and how many there are in all. */
export async function readPage(
  store: Store,
  collection: CollectionRow,
  query: LatentSelection & { offset: number; limit: number },
): Promise<{ ordinals: number[]; total: number }> {
  const [{ isMember, total }, whole] = await Promise.all([selectLatents(store, collection, query), orderAll(store, collection, query)]);
  const walked = isMember === null ? undefined : walkTo(whole, isMember, { ...query, total });
  return { ordinals: walked ?? pageOf(await orderLatents(store, collection, query), query), total };
}

/** Ordinals `offset`…`offset + limit − 1` of a selection in its order. */
export function pageOf(order: OrderedLatents, page: { offset: number; limit: number }): number[] {
  const length = Math.max(Math.min(page.limit, order.total - page.offset), 0);
  return Array.from({ length }, (_, i) => ordinalAt(order, page.offset + i));
}

/** The latents before and after one in a selection's order, whether or not that one is itself in the selection. */
export async function readNeighbours(
  store: Store,
  collection: CollectionRow,
  query: LatentSelection,
  ordinal: number,
): Promise<{ previous: number | null; next: number | null }> {
  const order = await orderLatents(store, collection, query);
  const own = placeOfOrdinal(order, ordinal);
  if (own >= 0) {
    return { previous: own > 0 ? ordinalAt(order, own - 1) : null, next: own + 1 < order.total ? ordinalAt(order, own + 1) : null };
  }
  const [{ isMember }, whole] = await Promise.all([selectLatents(store, collection, query), orderAll(store, collection, query)]);
  if (order.total === 0 || isMember === null) return { previous: null, next: null };
  const place = placeOfOrdinal(whole, ordinal);
  return { previous: nearestMember(whole, isMember, place, -1), next: nearestMember(whole, isMember, place, 1) };
}

/** All latents of the collection; `name` says which order it is, and of which revision. */
async function orderAll(
  store: Store,
  collection: CollectionRow,
  { sort, order }: Pick<LatentQuery, "sort" | "order">,
): Promise<OrderedLatents & { name: string }> {
  const total = ordinalOffsets(collection.modules)[collection.modules.length] ?? 0;
  return { ...(await columnOrder(store, collection, sort, total)), total, isDescending: order === "desc" };
}

/** A page near the order's beginning, without sifting the whole; undefined where that does not find all of it soon. */
function walkTo(
  order: OrderedLatents,
  isMember: Uint8Array,
  { offset, limit, total }: { offset: number; limit: number; total: number },
): number[] | undefined {
  const wanted = Math.max(Math.min(limit, total - offset), 0);
  const ordinals: number[] = [];
  let skipped = 0;
  for (let place = 0; ordinals.length < wanted; place++) {
    if (place * walkedShare >= order.total) return undefined;
    const ordinal = ordinalAt(order, place);
    if (isMember[ordinal] === 0) continue;
    if (skipped < offset) skipped++;
    else ordinals.push(ordinal);
  }
  return ordinals;
}

function siftOrder(whole: OrderedLatents, isMember: Uint8Array, total: number): { ordinals: Uint32Array; present: number } {
  const ordinals = new Uint32Array(total);
  let at = 0;
  let present = 0;
  for (let place = 0; place < whole.total; place++) {
    if (place === whole.present) present = at;
    const ordinal = whole.ordinals === null ? place : (whole.ordinals[place] as number);
    if (isMember[ordinal] === 1) ordinals[at++] = ordinal;
  }
  return { ordinals, present: whole.present === whole.total ? at : present };
}

function nearestMember(order: OrderedLatents, isMember: Uint8Array, from: number, step: 1 | -1): number | null {
  for (let place = from + step; place >= 0 && place < order.total; place += step) {
    const ordinal = ordinalAt(order, place);
    if (isMember[ordinal] === 1) return ordinal;
  }
  return null;
}

function ordinalAt({ ordinals, present, isDescending }: OrderedLatents, place: number): number {
  const at = isDescending && place < present ? present - 1 - place : place;
  return ordinals === null ? at : (ordinals[at] as number);
}

/** @returns −1 when the latent is not in it */
function placeOfOrdinal({ ordinals, present, isDescending }: OrderedLatents, ordinal: number): number {
  const ascending = ordinals === null ? ordinal : ordinals.indexOf(ordinal);
  return isDescending && ascending >= 0 && ascending < present ? present - 1 - ascending : ascending;
}
