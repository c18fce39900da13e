import type { LatentSortKey } from "@/lib/contract/latent-columns/column-sorts";
import { numRows, selectivityTrials } from "@/lib/contract/selectivity-trials";
import { specificShare } from "@/lib/contract/specific-share";
import { wilsonInterval } from "@/lib/numbers/intervals";
import type { Store } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import type { NumberColumn } from "./column-names";
import { type ColumnOrder, readOrder, readValues } from "./columns";
import { sortOrder } from "./sort-order";
import { readAblationColumn, readLabelColumn } from "./sparse-columns";

/** `name` says which order it is, and of which revision. */
export type NamedOrder = ColumnOrder & { name: string };

/** All latents of a collection by one column, or in one of the table's own orders. @param total ordinals of the collection */
export async function columnOrder(store: Store, collection: CollectionRow, sort: LatentSortKey, total: number): Promise<NamedOrder> {
  switch (sort) {
    case "module":
      return { ordinals: null, present: total, name: sort };
    case "density":
      return { ...(await readOrder(store, collection, "fireCount")), name: "fireCount" };
    case "label": {
      const { values, revision } = await readLabelColumn(store, collection);
      return sparseOrder(store, collection, { sort, revision, total, compare: compareTexts }, () =>
        [...values].flatMap(([ordinal, { text }]) => (text === "" ? [] : [[ordinal, text] as const])),
      );
    }
    case "ablation": {
      const { values, revision } = await readAblationColumn(store, collection);
      return sparseOrder(store, collection, { sort, revision, total, compare: (a: number, b) => a - b }, () =>
        [...values].map(([ordinal, { perFiring }]) => [ordinal, perFiring] as const),
      );
    }
    case "specificShare":
      return { ...(await specificShareOrder(store, collection)), name: sort };
    case "readingOrder":
      return readingOrder(store, collection);
    case "selectivity":
      return { ...(await selectivityOrder(store, collection)), name: sort };
    case "selectivityShare":
      return { ...(await readOrder(store, collection, "selectivity")), name: sort };
    default:
      return { ...(await readOrder(store, collection, sort)), name: sort };
  }
}

/** By the lower end of the selectivity's interval: a share of few firings says little. */
function selectivityOrder(store: Store, collection: CollectionRow): Promise<ColumnOrder> {
  const { domains } = collection;
  const from = { name: "selectivityLow", column: "selectivity", beside: numRows(domains) === null ? "fireCount" : "rowShare" } as const;
  const trials = (value: number) => selectivityTrials({ fireCount: value, rowShare: value }, domains);
  return computedOrder(store, collection, from, (share, beside) => wilsonInterval(share, trials(beside))[0]);
}

function specificShareOrder(store: Store, collection: CollectionRow): Promise<ColumnOrder> {
  const positions = Math.max(collection.positions, 1);
  const from = { name: "specificShare", column: "outputShare", beside: "fireCount" } as const;
  return computedOrder(store, collection, from, (share, firings) => specificShare(share, Math.max(firings, 0) / positions) ?? Number.NaN);
}

/** By a value computed from a latent's own in a column and in another beside it; NaN where there is none. */
function computedOrder(
  store: Store,
  collection: CollectionRow,
  { name, column, beside }: { name: string; column: NumberColumn; beside: NumberColumn },
  compute: (value: number, beside: number) => number,
): Promise<ColumnOrder> {
  return store.cache.get(`${collection.id} order ${name}`, async () => {
    const [values, others] = await Promise.all([readValues(store, collection, column), readValues(store, collection, beside)]);
    const computed = Float64Array.from(values, (value, ordinal) =>
      Number.isNaN(value) ? Number.NaN : compute(value, others[ordinal] as number),
    );
    const ordinals = sortOrder(computed);
    return { value: { ordinals, present: computed.filter((value) => !Number.isNaN(value)).length }, bytes: ordinals.byteLength };
  });
}

/** Last, and so first when read falling, the latents with a measured effect; all others by specific share. */
async function readingOrder(store: Store, collection: CollectionRow): Promise<NamedOrder> {
  const [bySpecificShare, { values, revision }] = await Promise.all([
    specificShareOrder(store, collection),
    readAblationColumn(store, collection),
  ]);
  const name = `readingOrder ${revision}`;
  const certain = [...values]
    .map(([ordinal, { perFiring, halfWidth }]) => [ordinal, halfWidth === null ? 0 : Math.abs(perFiring) - halfWidth] as const)
    .filter(([, nearerEnd]) => nearerEnd > 0)
    .sort(([aOrdinal, a], [bOrdinal, b]) => a - b || aOrdinal - bOrdinal);
  if (certain.length === 0) return { ...bySpecificShare, name };
  return store.cache.get<NamedOrder>(`${collection.id} order ${name}`, async () => {
    const order = withLast(
      bySpecificShare,
      certain.map(([ordinal]) => ordinal),
    );
    return { value: { ...order, name }, bytes: order.ordinals.byteLength };
  });
}

/** An order with these of its latents behind all others that have a value. */
function withLast({ ordinals, present }: ColumnOrder, last: readonly number[]): { ordinals: Uint32Array; present: number } {
  const moved = new Set(last);
  const all = ordinals ?? new Uint32Array(0);
  const next = new Uint32Array(all.length);
  let at = 0;
  const take = (from: number, to: number) => {
    for (let place = from; place < to; place++) {
      const ordinal = all[place] as number;
      if (!moved.has(ordinal)) next[at++] = ordinal;
    }
  };
  take(0, present);
  next.set(last, at);
  at += last.length;
  const nowPresent = at;
  take(present, all.length);
  return { ordinals: next, present: nowPresent };
}

const texts = new Intl.Collator("en", { sensitivity: "base", numeric: true });
const compareTexts = (a: string, b: string) => texts.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);

type SparseSort<Value> = { sort: string; revision: number; total: number; compare: (a: Value, b: Value) => number };

async function sparseOrder<Value>(
  store: Store,
  { id }: CollectionRow,
  { sort, revision, total, compare }: SparseSort<Value>,
  list: () => (readonly [number, Value])[],
): Promise<NamedOrder> {
  const name = `${sort} ${revision}`;
  return store.cache.get<NamedOrder>(`${id} order ${name}`, async () => {
    const sorted = list().sort(([aOrdinal, a], [bOrdinal, b]) => compare(a, b) || aOrdinal - bOrdinal);
    if (sorted.length === 0) return { value: { ordinals: null, present: 0, name }, bytes: name.length };
    const ordinals = new Uint32Array(total);
    const isPresent = new Uint8Array(total);
    let at = 0;
    for (const [ordinal] of sorted) {
      ordinals[at++] = ordinal;
      isPresent[ordinal] = 1;
    }
    for (let ordinal = 0; ordinal < total; ordinal++) if (isPresent[ordinal] === 0) ordinals[at++] = ordinal;
    return { value: { ordinals, present: sorted.length, name }, bytes: ordinals.byteLength };
  });
}
