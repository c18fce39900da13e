"use client";
import { type QueryClient, useQueries } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type LatentSelection, tablePageRows as pageSize, tablePageOf, tablePageQuery } from "@/lib/client/latents";
import type { FoldedUnder, LatentRow } from "@/lib/contract/latent";
import { pagesFor } from "./pages-for";

type LatentRows = {
  /** Number of matching rows; null before the first response. */
  readonly total: number | null;
  /** Undefined while its page is on the way. */
  readonly rowAt: (index: number) => LatentRow | undefined;
  /** Near-duplicates that are folded under a row; none while its page is on the way. */
  readonly foldedAt: (index: number) => FoldedUnder;
  /** Near-duplicates that are folded, in all. */
  readonly totalFolded: number;
  /** Whether no page in sight could be read, yet or at all. */
  readonly hasNone: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
};

export const nothingFolded: FoldedUnder = { count: 0, latents: [] };

const restMs = 60;

/** The rows from `first` to `last` of the table, fetched in pages as they come into sight and the table rests there. */
export function useLatentRows(selection: LatentSelection, first: number, last: number): LatentRows {
  const offsets = useRestingPages(first, last);
  const pages = useQueries({ queries: offsets.map((offset) => tablePageQuery(selection, offset)) });
  const anyPage = pages.find((page) => page.data !== undefined)?.data;
  const known = anyPage?.total;
  const pageAt = (index: number) => pages[offsets.indexOf(tablePageOf(index))]?.data;
  // While a new filter is being asked, the length of before keeps the page where it is.
  const before = useRef<number | null>(null);
  useEffect(() => {
    if (known !== undefined) before.current = known;
  }, [known]);
  return {
    total: known ?? before.current,
    rowAt: (index) => pageAt(index)?.rows[index - tablePageOf(index)],
    foldedAt: (index) => pageAt(index)?.folded[index - tablePageOf(index)] ?? nothingFolded,
    totalFolded: anyPage?.totalFolded ?? 0,
    hasNone: known === undefined,
    error: pages.find((page) => page.error !== null)?.error ?? null,
    retry: () => {
      for (const page of pages) if (page.error !== null) void page.refetch();
    },
  };
}

/** Rows by their places, ends included, fetched where they are not at hand. */
export async function fetchRows(client: QueryClient, selection: LatentSelection, first: number, last: number): Promise<LatentRow[]> {
  const offsets = pagesFor(first, last, pageSize).filter((offset) => offset + pageSize > first);
  const pages = await Promise.all(offsets.map((offset) => client.fetchQuery(tablePageQuery(selection, offset))));
  return pages.flatMap((page, at) =>
    page.rows.filter((_, index) => (offsets[at] ?? 0) + index >= first && (offsets[at] ?? 0) + index <= last),
  );
}

/** The pages in sight: at once when the next ones come up, after a rest when the scroll bar flies past. */
function useRestingPages(first: number, last: number): readonly number[] {
  const wanted = pagesFor(first, last, pageSize);
  const [resting, setResting] = useState(wanted);
  const key = wanted.join();
  const isNear =
    resting.join() === key || wanted.some((offset) => offset > 0 && resting.includes(offset)) || Math.max(...wanted) <= pageSize;
  useEffect(() => {
    const offsets = key.split(",").map(Number);
    if (isNear) return setResting(offsets);
    const timer = setTimeout(() => setResting(offsets), restMs);
    return () => clearTimeout(timer);
  }, [key, isNear]);
  return isNear ? wanted : resting;
}
