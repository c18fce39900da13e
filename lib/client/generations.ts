import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { keptGenerationDetail, keptGenerationList } from "@/lib/contract/steering";
import { deleteAt, fetchJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { runPath } from "./runs";

/** A run's kept generations whose prompt or texts hold `search`, page by page, newest first, without their tokens; `total` counts all of them. */
export function generationsQuery(runId: string, search = "") {
  return infiniteQueryOptions({
    queryKey: [...keys.generations(runId), { search }],
    queryFn: ({ pageParam: offset, signal }) =>
      fetchJson(keptGenerationList, `${runPath(runId)}/generations${queryString({ search: search || undefined, offset })}`, { signal }),
    initialPageParam: 0,
    getNextPageParam: ({ total }, pages) => {
      const read = pages.reduce((sum, { generations }) => sum + generations.length, 0);
      return read < total ? read : undefined;
    },
    placeholderData: keepPreviousData,
  });
}

/** The whole of one: what was asked, and every token of every arm. It never changes. */
export function generationQuery(generationId: string) {
  return queryOptions({
    queryKey: keys.generation(generationId),
    queryFn: ({ signal }) => fetchJson(keptGenerationDetail, generationPath(generationId), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function removeGeneration(generationId: string): Promise<void> {
  return deleteAt(generationPath(generationId));
}

/** Removes all that a run has kept. */
export function clearGenerations(runId: string): Promise<void> {
  return deleteAt(`${runPath(runId)}/generations`);
}

function generationPath(generationId: string): string {
  return `/api/generations/${encodeURIComponent(generationId)}`;
}
