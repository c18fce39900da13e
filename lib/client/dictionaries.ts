import { mutationOptions, queryOptions } from "@tanstack/react-query";
import { collectionList, type ImportDictionaryInput } from "@/lib/contract/api";
import { jobSummary } from "@/lib/contract/run";
import { fetchJson, queryString } from "./fetch-json";
import { putJob } from "./jobs";
import { keys } from "./keys";
import { startWork } from "./start-work";
import { type UploadProgress, uploadFile } from "./upload";

/** Dictionaries that were imported from another tool, newest first; each is a collection without a run. */
export function dictionariesQueryOptions() {
  return queryOptions({
    queryKey: keys.dictionaries,
    queryFn: async ({ signal }) => (await fetchJson(collectionList, "/api/dictionaries", { signal })).collections,
  });
}

/** Imports a Neuronpedia export from a file or folder on the server; its job says how far it is. */
export function importDictionaryMutation() {
  return mutationOptions({
    mutationFn: (request: ImportDictionaryInput) => startWork(jobSummary, "/api/dictionaries", request),
    onSuccess: (job, _request, _result, { client }) => putJob(client, job),
  });
}

/** Uploads a .tar or .tar.gz of a Neuronpedia export, and imports it. */
export function uploadDictionaryMutation(onProgress?: UploadProgress) {
  return mutationOptions({
    mutationFn: (file: File) =>
      uploadFile(jobSummary, `/api/dictionaries/upload${queryString({ name: file.name })}`, file, onProgress ? { onProgress } : {}),
    onSuccess: (job, _file, _result, { client }) => putJob(client, job),
  });
}
