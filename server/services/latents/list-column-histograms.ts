import type { ColumnHistogram } from "@/lib/contract/latent";
import { type ColumnBins, countColumnBins } from "@/server/db/latents/column-bins";
import type { ServiceContext } from "@/server/services/context";
import { finishedCollection } from "./list-latents";

/** A finished collection never changes, so its histograms are counted once a process. */
const counted = new Map<string, Promise<ColumnHistogram[]>>();
const mostCounted = 50;

/** How the latents of a collection lie along each numeric column; dead ones, which have no values, are left out. */
export async function listColumnHistograms({ store }: ServiceContext, collectionId: string): Promise<ColumnHistogram[]> {
  const collection = await finishedCollection(store, collectionId);
  const known = counted.get(collectionId);
  if (known !== undefined) return known;
  const counting = countColumnBins(store.db, collection).then((columns) => columns.map(toHistogram));
  counted.set(collectionId, counting);
  counting.catch(() => counted.delete(collectionId));
  const oldest = counted.keys().next().value;
  if (counted.size > mostCounted && oldest !== undefined) counted.delete(oldest);
  return counting;
}

function toHistogram({ column, scale, from, to, counts }: ColumnBins): ColumnHistogram {
  const edges = Array.from({ length: counts.length + 1 }, (_, edge) => {
    const value = from + ((to - from) * edge) / counts.length;
    return scale === "log" ? 10 ** value : value;
  });
  return { column, scale, edges, counts };
}
