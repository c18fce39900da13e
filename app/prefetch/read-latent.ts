import { notFound } from "next/navigation";
import { createLoader, type LoaderInput } from "nuqs/server";
import { type Reading, read, readSubject } from "@/app/prefetch/read";
import { chosenCollection } from "@/components/collections/chosen-collection";
import { latentName } from "@/components/latents/edit-words";
import { firstOrder, type LatentHome } from "@/components/latents/latent-home";
import { readLatentParams } from "@/components/latents/latent-params";
import { rowParameter } from "@/components/latents/table-row";
import { latentQueryOptions, tablePageOf, tablePageQuery } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";

const loadRow = createLoader(rowParameter);

/**
 * The latent of an address. All finished collections of a run have the modules of its adapter, so the newest one knows whether it exists.
 *
 * @throws Next's `notFound` where it does not
 */
export function latentIn(collections: readonly CollectionSummary[], module: string, index: string): LatentRef {
  const latent = { module, index: Number(index) };
  const modules = chosenCollection(collections, null)?.modules;
  const isThere = modules === undefined || modules.some(({ name, numLatents }) => name === module && latent.index < numLatents);
  if (!/^\d+$/.test(index) || !isThere) notFound();
  return latent;
}

/** What the title of a latent's page calls it. */
export function nameIn(collections: readonly CollectionSummary[], module: string, index: string): string {
  return latentName({ module, index: Number(index) }, chosenCollection(collections, null)?.modules ?? []);
}

/**
 * A latent, and the part of the table that it stands in; nothing where no collection is finished.
 *
 * @throws Next's `notFound` where the collection has no such latent
 */
export async function readLatent(
  home: LatentHome,
  latent: LatentRef,
  collections: readonly CollectionSummary[],
  search: LoaderInput,
): Promise<readonly Reading[]> {
  const params = readLatentParams(search, firstOrder(home));
  const collection = chosenCollection(collections, params.collectionId);
  if (collection === null) return [];
  const selection = { ...params, collectionId: collection.id };
  const { at } = loadRow(search);
  const tableAt = async (row: number | null | undefined) => (row == null ? [] : [await read(tablePageQuery(selection, tablePageOf(row)))]);
  const [detail, linked] = await Promise.all([readSubject(latentQueryOptions(selection, latent)), tableAt(at)]);
  // Where the link does not say the row, or no longer rightly, the latent does.
  const own = detail.answer?.place;
  return [detail, ...linked, ...(own === at ? [] : await tableAt(own))];
}
