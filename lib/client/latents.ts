import { keepPreviousData, mutationOptions, queryOptions } from "@tanstack/react-query";
import { type CollectionFormat, collectionList, histogramList, type LatentSelection, type StartCollectionInput } from "@/lib/contract/api";
import type { LatentRef } from "@/lib/contract/edit";
import { type CollectionSummary, collectionSummary, latentContext, latentDetail, latentPage, latentRows } from "@/lib/contract/latent";
import { readingOrder } from "@/lib/contract/latent-columns/column-sorts";
import { deleteAt, fetchJson, postJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { runPath } from "./runs";
import { startWork } from "./start-work";

export type { LatentSelection };

/** A run's collections, newest first. */
export function collectionsQuery(runId: string) {
  return queryOptions({
    queryKey: keys.collections(runId),
    queryFn: async ({ signal }) => (await fetchJson(collectionList, `${runPath(runId)}/collections`, { signal })).collections,
  });
}

/** One collection, of a run or imported. */
export function collectionQueryOptions(collectionId: string) {
  return queryOptions({
    queryKey: keys.collection(collectionId),
    queryFn: ({ signal }) => fetchJson(collectionSummary, collectionPath(collectionId), { signal }),
  });
}

/** Starts another statistics pass over a run's adapter. */
export function startCollectionMutation(runId: string) {
  return mutationOptions({
    mutationFn: (request: StartCollectionInput): Promise<CollectionSummary> =>
      startWork(collectionSummary, `${runPath(runId)}/collections`, request),
    onSuccess: (_collection, _request, _result, { client }) => client.invalidateQueries({ queryKey: keys.collections(runId) }),
  });
}

/** Ends a collection that is queued or running. */
export function cancelCollectionMutation() {
  return mutationOptions({
    mutationFn: (collectionId: string) => postJson(collectionSummary, `${collectionPath(collectionId)}/cancel`),
    onSuccess: ({ origin }, _collectionId, _result, { client }) => {
      void client.invalidateQueries({ queryKey: keys.allWork });
      if (origin.kind === "run") void client.invalidateQueries({ queryKey: keys.collections(origin.runId) });
    },
  });
}

/** Removes a collection, or an imported dictionary with its labels; one that is being made is cancelled. */
export function deleteCollectionMutation() {
  return mutationOptions({
    mutationFn: ({ id }: Pick<CollectionSummary, "id" | "origin">) => deleteAt(collectionPath(id)),
    onSuccess: (_nothing, { id, origin }, _result, { client }) => {
      client.removeQueries({ queryKey: keys.collection(id) });
      return client.invalidateQueries({ queryKey: origin.kind === "run" ? keys.collections(origin.runId) : keys.dictionaries });
    },
  });
}

/** One page of the table of latents. A finished collection changes by labels and measured effects alone, which read it anew. */
export function latentPageQuery(selection: LatentSelection, page: { offset: number; limit: number }) {
  const { collectionId, ...rest } = selection;
  return queryOptions({
    queryKey: [...keys.collection(collectionId), "latents", selection, page.offset, page.limit],
    queryFn: ({ signal }) =>
      fetchJson(latentPage, `${collectionPath(collectionId)}/latents${queryString({ ...rest, ...page })}`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** How many latents are offered to choose from. */
export const mostLatentChoices = 8;

/** The first latents to choose from, in reading order; of one module, or with what is searched for. */
export function latentChoicesQuery(collectionId: string, wanted: Pick<LatentSelection, "module" | "search"> = {}) {
  const selection = { collectionId, state: "alive", sort: readingOrder, duplicates: "folded", ...wanted } as const;
  return latentPageQuery(selection, { offset: 0, limit: mostLatentChoices });
}

/** How many latents have a written label, as `total`, and the first of them. */
export function labelledLatentsQuery(collectionId: string) {
  return latentPageQuery({ collectionId, labelled: "any" }, { offset: 0, limit: 1 });
}

/** Rows of the table that are read at once. */
export const tablePageRows = 50;

/** Where the rows begin that are read with row `at`. */
export function tablePageOf(at: number): number {
  return Math.floor(at / tablePageRows) * tablePageRows;
}

/** The table's rows from `offset` on, without those of another page in their place. */
export function tablePageQuery(selection: LatentSelection, offset: number) {
  const { placeholderData: _none, ...options } = latentPageQuery(selection, { offset, limit: tablePageRows });
  return options;
}

/** The table's rows of some latents, all in one request; while others are read, those before stay. */
export function latentRowsQuery(collectionId: string, latents: readonly LatentRef[]) {
  return queryOptions({
    queryKey: [...keys.collection(collectionId), "rows", latents],
    queryFn: async () => (await postJson(latentRows, `${collectionPath(collectionId)}/rows`, { latents })).rows,
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

/** One latent with all that is known of it, and its neighbours in the selection's order. */
export function latentQueryOptions(selection: LatentSelection, latent: LatentRef) {
  const { collectionId, ...rest } = selection;
  return queryOptions({
    queryKey: [...keys.collection(collectionId), "latent", latent.module, latent.index, selection],
    queryFn: ({ signal }) => fetchJson(latentDetail, `${latentPath(collectionId, latent)}${queryString(rest)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The whole row of the corpus that an example is a window of, with the latent's activations where they are stored. */
export function contextQueryOptions(collectionId: string, context: number, { module, index }: LatentRef) {
  return queryOptions({
    queryKey: [...keys.collection(collectionId), "context", context, module, index],
    queryFn: ({ signal }) =>
      fetchJson(latentContext, `${collectionPath(collectionId)}/contexts/${context}${queryString({ module, index })}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Where the selected latents download from, all of them, as one table. */
export function latentsDownloadUrl({ collectionId, ...selection }: LatentSelection, format: "csv" | "json" | "parquet"): string {
  const resource = format === "parquet" ? "export" : "latents";
  return `${collectionPath(collectionId)}/${resource}${queryString({ ...selection, format })}`;
}

/** Where a whole collection, or one of its modules, downloads from in another tool's format: a .tar.gz. */
export function collectionDownloadUrl(collectionId: string, format: CollectionFormat, module?: string): string {
  return `${collectionPath(collectionId)}/export${queryString({ format, module })}`;
}

/** Where one latent downloads from, as circuit-tracer's feature JSON. */
export function featureDownloadUrl(collectionId: string, latent: LatentRef): string {
  return `${latentPath(collectionId, latent)}/feature`;
}

/** Where a context's image is. */
/** @param of "clean" is a noisy image before noise was added */
export function contextImagePath(collectionId: string, context: number, of: "image" | "clean" = "image"): string {
  return `${collectionPath(collectionId)}/contexts/${context}/image${of === "image" ? "" : `?of=${of}`}`;
}

export function collectionPath(collectionId: string): string {
  return `/api/collections/${encodeURIComponent(collectionId)}`;
}

export function latentPath(collectionId: string, { module, index }: LatentRef): string {
  return `${collectionPath(collectionId)}/latents/${encodeURIComponent(module)}/${index}`;
}
