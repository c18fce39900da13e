import type { ColumnHistogram } from "@/lib/contract/latent";
import { type RangeColumn, rangeColumns } from "@/lib/contract/latent-ranges";
import type { Store } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import { readValues } from "./columns";
import { type MeasuredChange, readAblationColumn } from "./sparse-columns";

const bins = 32;

/** How the latents of a collection lie along each numeric column, those without a value left out; a column in which none has one is left out. */
export async function countColumnBins(store: Store, collection: CollectionRow): Promise<ColumnHistogram[]> {
  const ablations = await readAblationColumn(store, collection);
  const key = `${collection.id} bins ${ablations.revision}`;
  return store.cache.get(key, async () => {
    const histograms: ColumnHistogram[] = [];
    for (const column of rangeColumns) {
      const histogram = binsOf(column, await valuesOf(store, collection, column, ablations.values));
      if (histogram !== undefined) histograms.push(histogram);
    }
    return { value: histograms, bytes: histograms.length * bins * 16 };
  });
}

async function valuesOf(
  store: Store,
  collection: CollectionRow,
  column: RangeColumn,
  ablations: ReadonlyMap<number, MeasuredChange>,
): Promise<ArrayLike<number>> {
  if (column === "ablation") return Float64Array.from(ablations.values(), ({ perFiring }) => perFiring);
  if (column !== "density") return readValues(store, collection, column);
  const positions = Math.max(collection.positions, 1);
  // A density of 0 is no value on a log scale, nor is a latent that was never stored.
  return Float64Array.from(await readValues(store, collection, "fireCount"), (count) => (count > 0 ? count / positions : Number.NaN));
}

/** Even bins from the smallest to the largest value; on a log scale, of its powers of ten. */
function binsOf(column: RangeColumn, values: ArrayLike<number>): ColumnHistogram | undefined {
  const scale = column === "density" ? "log" : "linear";
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least === Infinity) return undefined;
  const across = scale === "log" ? Math.log10 : (value: number) => value;
  const from = across(least);
  // A single value still needs bins with a width.
  const to = most > least ? across(most) : from + 1;
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const bin = Math.min(Math.max(Math.floor(((across(value) - from) / (to - from)) * bins), 0), bins - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const edges = Array.from({ length: bins + 1 }, (_, edge) => {
    // The ends themselves, so that a range from the first edge to the last has all.
    if (edge === 0) return least;
    if (edge === bins && most > least) return most;
    const value = from + ((to - from) * edge) / bins;
    return scale === "log" ? 10 ** value : value;
  });
  return { column, scale, edges, counts };
}
