import { mutationOptions, queryOptions } from "@tanstack/react-query";
import { type AddModelInput, modelList } from "@/lib/contract/api";
import { taskSummary } from "@/lib/contract/run";
import { deleteAt, fetchJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { startWork } from "./start-work";
import { putTask } from "./tasks";
import { type UploadProgress, uploadFile } from "./upload";

export function modelsQuery() {
  return queryOptions({
    queryKey: keys.models,
    queryFn: async ({ signal }) => (await fetchJson(modelList, "/api/models", { signal })).models,
  });
}

/** Adds a model from a folder or file on the server, from the hub, or SmolLM2; its task says how far it is. */
export function addModelMutation() {
  return mutationOptions({
    mutationFn: (request: AddModelInput) => startWork(taskSummary, "/api/models", request),
    onSuccess: (task, _request, _result, { client }) => putTask(client, task),
  });
}

/** Uploads one .gguf file, or a .tar of a Hugging Face folder. */
export function uploadModelMutation(onProgress?: UploadProgress) {
  return mutationOptions({
    mutationFn: (file: File) =>
      uploadFile(taskSummary, `/api/models/upload${queryString({ name: file.name })}`, file, onProgress ? { onProgress } : {}),
    onSuccess: (task, _file, _result, { client }) => putTask(client, task),
  });
}

export function deleteModelMutation() {
  return mutationOptions({
    mutationFn: (modelId: string) => deleteAt(`/api/models/${encodeURIComponent(modelId)}`),
    onSuccess: (_nothing, _modelId, _result, { client }) => client.invalidateQueries({ queryKey: keys.models }),
  });
}
