import type { LatentRef } from "@/lib/contract/edit";
import { latentQuery } from "@/lib/contract/latent";
import { readingOrder } from "@/lib/contract/latent-columns/column-sorts";
import type { ServiceContext } from "@/server/services/context";
import { listLatents } from "@/server/services/latents/list-latents";

/** The latent that the first page shows: the first in reading order, in which those whose effect is measured lead. */
export async function latentToShow(context: ServiceContext, collectionId: string): Promise<LatentRef> {
  const query = latentQuery.parse({ collectionId, sort: readingOrder, state: "alive", duplicates: "folded", limit: 1 });
  const [latent] = (await listLatents(context, query)).rows;
  if (latent === undefined) throw new Error("no latent fires");
  return { module: latent.module, index: latent.index };
}
