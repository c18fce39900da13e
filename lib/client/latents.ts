import { keepPreviousData, mutationOptions, queryOptions } from "@tanstack/react-query";
import { collectionList, histogramList, type LatentSelection, type StartCollectionInput } from "@/lib/contract/api";
import { type CollectionSummary, collectionSummary, latentDetail, latentPage } from "@/lib/contract/latent";
import { fetchJson, postJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { runPath } from "./runs";

export type { LatentSelection };

/** A run's collections, newest first. */
export function collectionsQuery(runId: string) {
  return queryOptions({
    queryKey: keys.collections(runId),
    queryFn: async ({ signal }) => (await fetchJson(collectionList, `${runPath(runId)}/collections`, { signal })).collections,
  });
}

/** Starts another statistics pass over a run's adapter. */
export function startCollectionMutation(runId: string) {
  return mutationOptions({
    mutationFn: (request: StartCollectionInput): Promise<CollectionSummary> =>
      postJson(collectionSummary, `${runPath(runId)}/collections`, request),
    onSuccess: (_collection, _request, _result, { client }) => client.invalidateQueries({ queryKey: keys.collections(runId) }),
  });
}

/** One page of the table of latents; a finished collection never changes, so a page is kept. */
export function latentPageQuery(selection: LatentSelection, page: { offset: number; limit: number }) {
  return queryOptions({
    queryKey: [...keys.collection(selection.collectionId), "latents", selection, page.offset, page.limit],
    queryFn: ({ signal }) => fetchJson(latentPage, latentsPath(selection, page), { signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Distributions of the numeric columns over all latents of a collection. */
export function columnHistogramsQuery(collectionId: string) {
  return queryOptions({
    queryKey: [...keys.collection(collectionId), "histograms"],
    queryFn: async ({ signal }) => (await fetchJson(histogramList, `${collectionPath(collectionId)}/histograms`, { signal })).histograms,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** One latent with histogram, examples, and its neighbours in the selection's order. */
export function latentQueryOptions(selection: LatentSelection, latent: { module: string; index: number }) {
  return queryOptions({
    queryKey: [...keys.collection(selection.collectionId), "latent", latent.module, latent.index, selection],
    queryFn: ({ signal }) => fetchJson(latentDetail, latentPath(selection, latent), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Where the selected latents download from, all of them. */
export function latentsDownloadUrl(selection: LatentSelection, format: "csv" | "json"): string {
  const { collectionId, ...rest } = selection;
  return `${collectionPath(collectionId)}/latents${queryString({ ...rest, format })}`;
}

function latentsPath(selection: LatentSelection, page: { offset: number; limit: number }): string {
  const { collectionId, ...rest } = selection;
  return `${collectionPath(collectionId)}/latents${queryString({ ...rest, ...page })}`;
}

function latentPath(selection: LatentSelection, latent: { module: string; index: number }): string {
  const { collectionId, ...rest } = selection;
  return `${collectionPath(collectionId)}/latents/${encodeURIComponent(latent.module)}/${latent.index}${queryString(rest)}`;
}

function collectionPath(collectionId: string): string {
  return `/api/collections/${encodeURIComponent(collectionId)}`;
}
