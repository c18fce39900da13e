import type { LatentRef } from "@/lib/contract/edit";
import { latentQuery } from "@/lib/contract/latent";
import { readingOrder } from "@/lib/contract/latent-columns/column-sorts";
import type { ServiceContext } from "@/server/services/context";
import { listLatents } from "@/server/services/latents/list-latents";

/** The first page's latent fires so selectively where there is one: it is understood at a glance. Our choice. */
const selectiveFrom = 0.85;

/** The latent that the first page shows: the first in reading order that is selective for a domain, else the first. */
export async function latentToShow(context: ServiceContext, collectionId: string): Promise<LatentRef> {
  const first = { collectionId, sort: readingOrder, state: "alive", duplicates: "folded", limit: 1 } as const;
  const selective = await listLatents(context, latentQuery.parse({ ...first, ranges: `selectivity:${selectiveFrom}..` }));
  const [latent] = [...selective.rows, ...(await listLatents(context, latentQuery.parse(first))).rows];
  if (latent === undefined) throw new Error("no latent fires");
  return { module: latent.module, index: latent.index };
}
