"use client";
import { useQueries } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { type LatentSelection, latentPageQuery } from "@/lib/client/latents";
import type { LatentRow } from "@/lib/contract/latent";
import { pagesFor } from "./pages-for";

type LatentRows = {
  /** How many rows the filters let through; null before the first answer. */
  readonly total: number | null;
  readonly totalUnfiltered: number | null;
  /** Undefined while its page is on the way. */
  readonly rowAt: (index: number) => LatentRow | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
};

export const pageSize = 100;

/** The rows from `first` to `last` of the table, fetched in pages of 100 as they come into sight. */
export function useLatentRows(selection: LatentSelection, first: number, last: number): LatentRows {
  const offsets = pagesFor(first, last, pageSize);
  const pages = useQueries({
    queries: offsets.map((offset) => pageQuery(selection, offset)),
  });
  const known = pages.find((page) => page.data !== undefined)?.data;
  // While a new filter is being asked, the length of before keeps the page where it is.
  const before = useRef<{ total: number; totalUnfiltered: number } | null>(null);
  useEffect(() => {
    if (known !== undefined) before.current = { total: known.total, totalUnfiltered: known.totalUnfiltered };
  }, [known]);
  const counts = known ?? before.current;
  return {
    total: counts?.total ?? null,
    totalUnfiltered: counts?.totalUnfiltered ?? null,
    rowAt: (index) => {
      const offset = Math.floor(index / pageSize) * pageSize;
      return pages[offsets.indexOf(offset)]?.data?.rows[index - offset];
    },
    error: pages.find((page) => page.error !== null)?.error ?? null,
    retry: () => {
      for (const page of pages) if (page.error !== null) void page.refetch();
    },
  };
}

/** Without the rows of another page in its place. */
function pageQuery(selection: LatentSelection, offset: number) {
  const { placeholderData: _none, ...options } = latentPageQuery(selection, { offset, limit: pageSize });
  return options;
}
