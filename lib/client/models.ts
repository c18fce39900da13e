import { mutationOptions, queryOptions } from "@tanstack/react-query";
import { type AddModelInput, modelList } from "@/lib/contract/api";
import { modelContext } from "@/lib/contract/model";
import { jobSummary } from "@/lib/contract/run";
import { deleteAt, fetchJson, queryString } from "./fetch-json";
import { putJob } from "./jobs";
import { keys } from "./keys";
import { startWork } from "./start-work";
import { type UploadProgress, uploadFile } from "./upload";

export function modelsQuery() {
  return queryOptions({
    queryKey: keys.models,
    queryFn: async ({ signal }) => (await fetchJson(modelList, "/api/models", { signal })).models,
  });
}

/** How far a model read before its positions were scaled; it does not change. */
export function modelContextQuery(modelId: string) {
  return queryOptions({
    queryKey: [...keys.models, modelId, "context"],
    queryFn: async ({ signal }) =>
      (await fetchJson(modelContext, `/api/models/${encodeURIComponent(modelId)}/context`, { signal })).original,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Adds a model from a folder or file on the server, from the hub, or SmolLM2; its job says how far it is. */
export function addModelMutation() {
  return mutationOptions({
    mutationFn: (request: AddModelInput) => startWork(jobSummary, "/api/models", request),
    onSuccess: (job, _request, _result, { client }) => putJob(client, job),
  });
}

/** Uploads one .gguf file, or a .tar of a Hugging Face folder. */
export function uploadModelMutation(onProgress?: UploadProgress) {
  return mutationOptions({
    mutationFn: (file: File) =>
      uploadFile(jobSummary, `/api/models/upload${queryString({ name: file.name })}`, file, onProgress ? { onProgress } : {}),
    onSuccess: (job, _file, _result, { client }) => putJob(client, job),
  });
}

export function deleteModelMutation() {
  return mutationOptions({
    mutationFn: (modelId: string) => deleteAt(`/api/models/${encodeURIComponent(modelId)}`),
    onSuccess: (_nothing, _modelId, _result, { client }) => client.invalidateQueries({ queryKey: keys.models }),
  });
}
