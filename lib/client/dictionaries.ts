import { mutationOptions, queryOptions } from "@tanstack/react-query";
import { collectionList, type ImportDictionaryInput } from "@/lib/contract/api";
import { taskSummary } from "@/lib/contract/run";
import { fetchJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { startWork } from "./start-work";
import { putTask } from "./tasks";
import { type UploadProgress, uploadFile } from "./upload";

/** Dictionaries that were imported from another tool, newest first; each is a collection without a run. */
export function dictionariesQueryOptions() {
  return queryOptions({
    queryKey: keys.dictionaries,
    queryFn: async ({ signal }) => (await fetchJson(collectionList, "/api/dictionaries", { signal })).collections,
  });
}

/** Imports a Neuronpedia export from a file or folder on the server; its task says how far it is. */
export function importDictionaryMutation() {
  return mutationOptions({
    mutationFn: (request: ImportDictionaryInput) => startWork(taskSummary, "/api/dictionaries", request),
    onSuccess: (task, _request, _result, { client }) => putTask(client, task),
  });
}

/** Uploads a .tar or .tar.gz of a Neuronpedia export, and imports it. */
export function uploadDictionaryMutation(onProgress?: UploadProgress) {
  return mutationOptions({
    mutationFn: (file: File) =>
      uploadFile(taskSummary, `/api/dictionaries/upload${queryString({ name: file.name })}`, file, onProgress ? { onProgress } : {}),
    onSuccess: (task, _file, _result, { client }) => putTask(client, task),
  });
}
