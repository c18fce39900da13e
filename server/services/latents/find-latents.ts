import { labelOrAutomatic } from "@/lib/contract/automatic-label";
import type { FindLatentsQuery, FoundLatent, FoundLatents } from "@/lib/contract/find-latents";
import { type LatentRow, latentQuery } from "@/lib/contract/latent";
import { readingOrder } from "@/lib/contract/latent-columns/column-sorts";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { Store } from "@/server/db/client";
import { type CollectionOf, newestCollections } from "@/server/db/latents/find-collections";
import { readLatentRows } from "@/server/db/latents/latents";
import { readPage } from "@/server/db/latents/order-latents";
import type { ServiceContext } from "@/server/services/context";

/** More are not looked through, so that an answer comes while a person types; ours. */
const mostCollections = 20;

/** Latents of any run or dictionary by a part of their label or top tokens: labelled ones first, what is worth reading first, collections in turn. */
export async function findLatents({ store }: ServiceContext, { search, limit }: FindLatentsQuery): Promise<FoundLatents> {
  const { found, more } = await newestCollections(store.db, mostCollections);
  const lists = await Promise.all(found.map((one) => findIn(store, one, search, limit)));
  const latents = [...inTurn(lists.map(({ labelled }) => labelled)), ...inTurn(lists.map(({ others }) => others))];
  return { latents: latents.slice(0, limit), notSearched: more };
}

type FoundIn = { readonly labelled: readonly FoundLatent[]; readonly others: readonly FoundLatent[] };

async function findIn(store: Store, { collection, within }: CollectionOf, search: string, limit: number): Promise<FoundIn> {
  const query = latentQuery.parse({ collectionId: collection.id, sort: readingOrder, search, limit });
  const read = async (labelled: "any" | "none"): Promise<FoundLatent[]> => {
    const { ordinals } = await readPage(store, collection, { ...query, labelled });
    return (await readLatentRows(store, collection, ordinals)).map(toFound);
  };
  const toFound = (row: LatentRow): FoundLatent => {
    const { module, index, layer, projection, label } = row;
    const { id, origin, positionKind } = collection;
    const words = labelOrAutomatic(row, positionKindOf(positionKind));
    return { module, index, collectionId: id, origin, within, layer, projection, label: words, labelSource: label?.source ?? null };
  };
  const [labelled, others] = await Promise.all([read("any"), read("none")]);
  return { labelled, others };
}

/** The first of each list, then the second of each. */
function inTurn<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}
