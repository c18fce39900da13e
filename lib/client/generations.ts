import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { keptGenerationDetail, keptGenerationList } from "@/lib/contract/steering";
import { deleteAt, fetchJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { runPath } from "./runs";

/** Which of a run's kept generations: those whose prompt or texts hold `search`; the page from `offset`. */
export type GenerationSelection = { search?: string; offset?: number; limit?: number };

/** A run's kept generations, newest first, without their tokens; `total` counts all that are found. */
export function generationsQuery(runId: string, { search, offset, limit }: GenerationSelection = {}) {
  return queryOptions({
    queryKey: [...keys.generations(runId), { search, offset, limit }],
    queryFn: ({ signal }) =>
      fetchJson(keptGenerationList, `${runPath(runId)}/generations${queryString({ search: search || undefined, offset, limit })}`, {
        signal,
      }),
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
