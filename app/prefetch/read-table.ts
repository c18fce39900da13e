import type { LoaderInput } from "nuqs/server";
import { type Reading, read } from "@/app/prefetch/read";
import { chosenCollection } from "@/components/collections/chosen-collection";
import { firstOrder, type LatentHome } from "@/components/latents/latent-home";
import { readLatentParams } from "@/components/latents/latent-params";
import { columnHistogramsQuery, labelledLatentsQuery, tablePageQuery } from "@/lib/client/latents";
import type { CollectionSummary } from "@/lib/contract/latent";

/** The first rows of the table that an address asks for, the distributions over its columns and whether there are labels; nothing where no collection is finished. */
export async function readTable(
  home: LatentHome,
  collections: readonly CollectionSummary[],
  search: LoaderInput,
): Promise<readonly Reading[]> {
  const params = readLatentParams(search, firstOrder(home));
  const collection = chosenCollection(collections, params.collectionId);
  if (collection === null) return [];
  const { id } = collection;
  return Promise.all([
    read(tablePageQuery({ ...params, collectionId: id }, 0)),
    read(columnHistogramsQuery(id)),
    read(labelledLatentsQuery(id)),
  ]);
}
