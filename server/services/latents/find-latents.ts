import { labelOrAutomatic } from "@/lib/contract/automatic-label";
import type { FindLatentsQuery, FoundLatent, FoundLatents } from "@/lib/contract/find-latents";
import { type LatentQuery, type LatentRow, latentQuery } from "@/lib/contract/latent";
import { readingOrder } from "@/lib/contract/latent-columns/column-sorts";
import { latentsNamed } from "@/lib/contract/latents-named";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { Store } from "@/server/db/client";
import { type CollectionOf, newestCollections } from "@/server/db/latents/find-collections";
import { readLatentRows } from "@/server/db/latents/latents";
import { readPage } from "@/server/db/latents/order-latents";
import type { ServiceContext } from "@/server/services/context";
import { ordinalsByLatent } from "./finished-collection";

/** More are not looked through, so that an answer comes while a person types; ours. */
const mostCollections = 20;
const mostTokens = 3;

/**
 * Latents of any run or dictionary by name, by a part of their label or top tokens, or by domain: those that are named first, then labelled ones, what is
 * worth reading first, collections in turn.
 */
export async function findLatents({ store }: ServiceContext, { search, limit }: FindLatentsQuery): Promise<FoundLatents> {
  const { found, more } = await newestCollections(store.db, mostCollections);
  const lists = await Promise.all(found.map((one) => findIn(store, one, search, limit)));
  const kinds = ["named", "labelled", "others"] as const;
  const latents = withoutRepeats(kinds.flatMap((kind) => inTurn(lists.map((list) => list[kind]))));
  // A letter or two may name hundreds of domains: they are read only where there is room left for their latents.
  const ofDomains = latents.length < limit ? inTurn(await Promise.all(lists.map(({ readDomains }) => readDomains()))) : [];
  return { latents: withoutRepeats([...latents, ...ofDomains]).slice(0, limit), notSearched: more };
}

type FoundIn = { readonly [kind in "named" | "labelled" | "others"]: readonly FoundLatent[] } & {
  /** Those that fire most in a domain that was named. */
  readonly readDomains: () => Promise<readonly FoundLatent[]>;
};

async function findIn(store: Store, { collection, within }: CollectionOf, search: string, limit: number): Promise<FoundIn> {
  const query = latentQuery.parse({ collectionId: collection.id, sort: readingOrder, limit });
  const readRows = async (ordinals: readonly number[]) => (await readLatentRows(store, collection, ordinals)).map(toFound);
  const read = async (selection: Pick<LatentQuery, "search" | "labelled" | "domain">): Promise<FoundLatent[]> =>
    readRows((await readPage(store, collection, { ...query, ...selection })).ordinals);
  const ordinalsNamed = latentsNamed(search, collection.modules).slice(0, limit).map(ordinalsByLatent(collection));
  const domains = collection.domains.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  const toFound = (row: LatentRow): FoundLatent => {
    const { module, index, layer, projection, label } = row;
    const { id, origin, positionKind } = collection;
    const words = labelOrAutomatic(row, positionKindOf(positionKind));
    const tokens = tokensWith(row, search);
    return { module, index, collectionId: id, origin, within, layer, projection, label: words, labelSource: label?.source ?? null, tokens };
  };
  const [named, labelled, others] = await Promise.all([
    readRows(ordinalsNamed),
    read({ search, labelled: "any" }),
    read({ search, labelled: "none" }),
  ]);
  return { named, labelled, others, readDomains: async () => inTurn(await Promise.all(domains.map(({ name }) => read({ domain: name })))) };
}

/** The first of a latent's top tokens, or those of a dense component's tails, that have the text, whatever its case. */
function tokensWith({ topTokens, positiveTail, negativeTail }: LatentRow, search: string): string[] {
  const tokens = [topTokens, positiveTail?.tokens ?? [], negativeTail?.tokens ?? []].flat().map(({ token }) => token);
  const wanted = search.toLowerCase();
  return [...new Set(tokens.filter((token) => token.toLowerCase().includes(wanted)))].slice(0, mostTokens);
}

/** Each latent where it comes first. */
function withoutRepeats(latents: readonly FoundLatent[]): FoundLatent[] {
  const seen = new Set<string>();
  return latents.filter(({ collectionId, module, index }) => {
    const before = seen.size;
    return seen.add(`${collectionId} ${module} ${index}`).size > before;
  });
}

/** The first of each list, then the second of each. */
function inTurn<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}
