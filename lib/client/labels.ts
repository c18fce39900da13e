import { mutationOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import type { LatentRef } from "@/lib/contract/edit";
import {
  explainerSettings,
  explanationPreview,
  labelList,
  latentLabel,
  type SaveExplainerInput,
  type SaveLabelInput,
} from "@/lib/contract/label";
import { fetchJson, postJson, putJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { collectionPath, latentPath } from "./latents";

/** All labels of what a collection's latents belong to: its run's adapter, or the dictionary. */
export function labelsQueryOptions(collectionId: string) {
  return queryOptions({
    queryKey: [...keys.collection(collectionId), "labels"],
    queryFn: async ({ signal }) => (await fetchJson(labelList, `${collectionPath(collectionId)}/labels`, { signal })).labels,
  });
}

/** Saves one label and gives all of them; an empty text and note removes it. */
export function saveLabelMutation(collectionId: string) {
  return mutationOptions({
    mutationFn: async (request: SaveLabelInput) => (await putJson(labelList, `${collectionPath(collectionId)}/labels`, request)).labels,
    onSuccess: (labels, _request, _result, { client }) => {
      client.setQueryData(labelsQueryOptions(collectionId).queryKey, labels);
      return readLabelsAgain(client);
    },
  });
}

export function labelsDownloadUrl(collectionId: string, format: "csv" | "json"): string {
  return `${collectionPath(collectionId)}/labels${queryString({ format })}`;
}

/** The language model that writes labels on request; `isOn` is false until a person sets it. */
export function explainerQueryOptions() {
  return queryOptions({
    queryKey: keys.explainer,
    queryFn: ({ signal }) => fetchJson(explainerSettings, "/api/explainer", { signal }),
  });
}

export function saveExplainerMutation() {
  return mutationOptions({
    mutationFn: (request: SaveExplainerInput) => putJson(explainerSettings, "/api/explainer", request),
    onSuccess: (settings, _request, _result, { client }) => {
      client.setQueryData(explainerQueryOptions().queryKey, settings);
      // What would be sent names the endpoint and the model.
      client.removeQueries({ queryKey: [...keys.explainer, "explanation"] });
    },
  });
}

/** The very text that `explainMutation` sends for a latent; asking for it sends nothing. */
export function explanationQueryOptions(collectionId: string, latent: LatentRef) {
  return queryOptions({
    queryKey: [...keys.explainer, "explanation", collectionId, latent.module, latent.index],
    queryFn: ({ signal }) => fetchJson(explanationPreview, `${latentPath(collectionId, latent)}/explanation`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Sends a latent's examples to the configured language model, scores its answer on held-out examples, and stores it as the latent's label. */
export function explainMutation(collectionId: string) {
  return mutationOptions({
    mutationFn: (latent: LatentRef) => postJson(latentLabel, `${latentPath(collectionId, latent)}/explanation`),
    // A label whose score failed is stored all the same.
    onSettled: (_label, _error, _latent, _result, { client }) => readLabelsAgain(client),
  });
}

/** A label shows in every collection of its adapter, in rows and on latents' pages. */
function readLabelsAgain(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: keys.allCollections });
}
