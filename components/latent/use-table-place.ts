"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { type LatentHome, latentHrefIn } from "@/components/latents/latent-home";
import { isSameLatent } from "@/components/latents/latent-href";
import type { LatentParams } from "@/components/latents/latent-params";
import { withTableRow } from "@/components/latents/table-row";
import { latentPageQuery, latentQueryOptions, tablePageOf, tablePageRows } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary, LatentDetail, LatentRow } from "@/lib/contract/latent";

export type TablePlace = {
  /** The latents around in the table's order, each with its address; a page of them where the latent is in the table, else its two neighbours. */
  readonly entries: readonly { readonly latent: LatentRef; readonly row: LatentRow | null; readonly href: string }[];
  readonly total: number | null;
  /** Rows of the table before and after the entries. */
  readonly before: number;
  readonly after: number;
  readonly previousHref: string | null;
  readonly nextHref: string | null;
};

/**
 * Where a latent stands in the table it was opened from. Its neighbours are fetched ahead.
 *
 * @param linked the latent's row as the link says it, until the latent itself is read: null or wrong where filters or order have changed since
 */
export function useTablePlace(
  home: LatentHome,
  collection: CollectionSummary | null,
  params: LatentParams,
  linked: number | null,
  current: LatentRef,
  detail: LatentDetail | undefined,
): TablePlace {
  const client = useQueryClient();
  const collectionId = collection?.id ?? "";
  const at = detail === undefined ? linked : detail.place;
  const offset = tablePageOf(at ?? 0);
  const page = useQuery({
    ...latentPageQuery({ ...params, collectionId }, { offset, limit: tablePageRows }),
    enabled: at !== null && collection !== null,
  });
  const here = page.data?.rows[(at ?? 0) - offset];
  const isKnown = at !== null && here !== undefined && isSameLatent(here, current);
  useEffect(() => {
    if (collectionId === "") return;
    for (const latent of [detail?.next, detail?.previous]) {
      if (latent) void client.prefetchQuery(latentQueryOptions({ ...params, collectionId }, latent));
    }
  }, [client, collectionId, detail, params]);

  const hrefOf = (latent: LatentRef, index: number | null) => {
    const href = latentHrefIn(home, latent, params);
    return index === null ? href : withTableRow(href, { at: index });
  };
  const beside = (latent: LatentRef | null | undefined, by: number) => (latent ? hrefOf(latent, isKnown ? at + by : null) : null);
  const rows = page.data?.rows ?? [];
  const around = [detail?.previous, current, detail?.next].flatMap((latent) => (latent ? [latent] : []));
  return {
    entries: isKnown
      ? rows.map((row, index) => ({ latent: row, row, href: hrefOf(row, offset + index) }))
      : around.map((latent) => ({ latent, row: null, href: hrefOf(latent, null) })),
    total: page.data?.total ?? null,
    before: isKnown ? offset : 0,
    after: isKnown ? Math.max(0, (page.data?.total ?? 0) - offset - rows.length) : 0,
    previousHref: beside(detail?.previous, -1),
    nextHref: beside(detail?.next, 1),
  };
}
