import type { Store } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import { readDuplicates } from "./columns";
import { type OrderedLatents, ordinalAt } from "./ordered-latents";
import type { SelectedLatents } from "./select-latents";

/**
 * A selection without those of its latents that follow a near-duplicate of theirs in the order: of each group the first stays. Found once for an order and a
 * direction, and kept while there is room.
 */
export async function foldDuplicates(
  store: Store,
  collection: CollectionRow,
  selected: SelectedLatents,
  order: OrderedLatents & { name: string },
): Promise<SelectedLatents> {
  const groups = await readDuplicates(store, collection);
  if (groups === null) return selected;
  const key = `${selected.key} folded in ${order.name} ${order.isDescending ? "falling" : "rising"}`;
  return store.cache.get(key, async () => {
    const isMember = selected.isMember?.slice() ?? new Uint8Array(order.total).fill(1);
    const { leaders, isGrouped } = groups;
    const isShown = new Uint8Array(order.total);
    let total = selected.total;
    for (let place = 0; place < order.total; place++) {
      const ordinal = ordinalAt(order, place);
      if (isGrouped[ordinal] === 0 || isMember[ordinal] === 0) continue;
      const leader = leaders[ordinal] as number;
      if (isShown[leader] === 0) {
        isShown[leader] = 1;
        continue;
      }
      isMember[ordinal] = 0;
      total--;
    }
    return { value: { isMember, total, key }, bytes: isMember.byteLength + key.length + 100 };
  });
}

/** The near-duplicates of each of these latents that a selection has, itself left out. */
export async function foldedUnder(
  store: Store,
  collection: CollectionRow,
  { isMember }: SelectedLatents,
  ordinals: readonly number[],
): Promise<number[][]> {
  const groups = await readDuplicates(store, collection);
  return ordinals.map((ordinal) => {
    const members = groups?.members.get(groups.leaders[ordinal] as number) ?? [];
    return members.filter((other) => other !== ordinal && (isMember === null || isMember[other] === 1));
  });
}
