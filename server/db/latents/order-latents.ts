import type { LatentQuery } from "@/lib/contract/latent";
import type { Store } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import { columnOrder } from "./column-orders";
import { foldDuplicates, foldedUnder } from "./fold-duplicates";
import { ordinalOffsets } from "./latent-ordinals";
import { type OrderedLatents, ordinalAt, placeOfOrdinal } from "./ordered-latents";
import { type LatentSelection, type SelectedLatents, selectLatents } from "./select-latents";

/** A selection in its order: sifted once out of the order of all latents, and kept while there is room. */
export async function orderLatents(store: Store, collection: CollectionRow, query: LatentSelection): Promise<OrderedLatents> {
  return sifted(store, await selectInOrder(store, collection, query));
}

async function sifted(store: Store, { shown, whole }: SelectedInOrder): Promise<OrderedLatents> {
  const { isMember, total, key } = shown;
  if (isMember === null) return whole;
  const order = await store.cache.get(`${key} in ${whole.name}`, async () => {
    const value = siftOrder(whole, isMember, total);
    return { value, bytes: value.ordinals.byteLength };
  });
  return { ...order, total, isDescending: whole.isDescending };
}

/** A first page is looked for in this share of an order before the whole is sifted. */
const walkedShare = 8;

/** Part of a selection in its order: `folded` under each latent its near-duplicates, of `totalFolded` in all. */
export type LatentsPage = { ordinals: number[]; total: number; folded: number[][]; totalFolded: number };

/** Ordinals `offset`…`offset + limit − 1` of a selection in its order, and how many there are in all. */
export async function readPage(
  store: Store,
  collection: CollectionRow,
  query: LatentSelection & { offset: number; limit: number },
): Promise<LatentsPage> {
  const inOrder = await selectInOrder(store, collection, query);
  const { selected, shown, whole } = inOrder;
  const { isMember, total } = shown;
  const walked = isMember === null ? undefined : walkTo(whole, isMember, { ...query, total });
  const ordinals = walked ?? pageOf(await sifted(store, inOrder), query);
  const totalFolded = selected.total - total;
  const folded = totalFolded === 0 ? ordinals.map(() => []) : await foldedUnder(store, collection, selected, ordinals);
  return { ordinals, total, folded, totalFolded };
}

/** Ordinals `offset`…`offset + limit − 1` of a selection in its order. */
export function pageOf(order: OrderedLatents, page: { offset: number; limit: number }): number[] {
  const length = Math.max(Math.min(page.limit, order.total - page.offset), 0);
  return Array.from({ length }, (_, i) => ordinalAt(order, page.offset + i));
}

/** Where a latent stands in a selection's order, from 0, or null; and the latents before and after it, whether or not it is itself in the selection. */
export async function readNeighbours(
  store: Store,
  collection: CollectionRow,
  query: LatentSelection,
  ordinal: number,
): Promise<{ place: number | null; previous: number | null; next: number | null }> {
  const inOrder = await selectInOrder(store, collection, query);
  const order = await sifted(store, inOrder);
  const own = placeOfOrdinal(order, ordinal);
  if (own >= 0) {
    const at = (place: number) => (place < 0 || place >= order.total ? null : ordinalAt(order, place));
    return { place: own, previous: at(own - 1), next: at(own + 1) };
  }
  const {
    shown: { isMember },
    whole,
  } = inOrder;
  if (order.total === 0 || isMember === null) return { place: null, previous: null, next: null };
  const inWhole = placeOfOrdinal(whole, ordinal);
  return { place: null, previous: nearestMember(whole, isMember, inWhole, -1), next: nearestMember(whole, isMember, inWhole, 1) };
}

/** What a selection has, what of it is shown where near-duplicates are folded, and the order of the whole collection. */
type SelectedInOrder = { selected: SelectedLatents; shown: SelectedLatents; whole: OrderedLatents & { name: string } };

async function selectInOrder(store: Store, collection: CollectionRow, query: LatentSelection): Promise<SelectedInOrder> {
  const [selected, whole] = await Promise.all([selectLatents(store, collection, query), orderAll(store, collection, query)]);
  const shown = query.duplicates === "folded" ? await foldDuplicates(store, collection, selected, whole) : selected;
  return { selected, shown, whole };
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
