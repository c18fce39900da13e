import { keepPreviousData, mutationOptions, queryOptions } from "@tanstack/react-query";
import { type AddDataSetInput, dataRows, dataSetList, type PreviewInput } from "@/lib/contract/api";
import { preview } from "@/lib/contract/data-set";
import { taskSummary } from "@/lib/contract/run";
import { deleteAt, fetchJson, postJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { startWork } from "./start-work";
import { putTask } from "./tasks";
import { type UploadProgress, uploadFile } from "./upload";

export function dataSetsQuery() {
  return queryOptions({
    queryKey: keys.data,
    queryFn: async ({ signal }) => (await fetchJson(dataSetList, "/api/data", { signal })).dataSets,
  });
}

/** Rows `from`…`from + count − 1` of a dataset, every value as text. */
export function dataRowsQuery(dataSetId: string, from: number, count: number) {
  return queryOptions({
    queryKey: [...keys.data, dataSetId, "rows", from, count],
    queryFn: ({ signal }) => fetchJson(dataRows, `${dataSetPath(dataSetId)}/rows${queryString({ from, count })}`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Rows of a dataset that its page shows at once. */
export const dataPageRows = 12;

/** Rows as the loss sees them, token by token, with counts over all rows; a worker tokenises them. */
export function previewQuery(request: PreviewInput) {
  return queryOptions({
    queryKey: ["preview", request],
    queryFn: () => postJson(preview, "/api/data/preview", request),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}

/** Starts the task that adds a file or folder on the server; a new dataset has the task's id. */
export function addDataSetMutation() {
  return mutationOptions({
    mutationFn: (request: AddDataSetInput) => startWork(taskSummary, "/api/data", request),
    onSuccess: (task, _request, _result, { client }) => putTask(client, task),
  });
}

/** Uploads one file of rows and starts the task that adds it. */
export function uploadDataSetMutation(onProgress?: UploadProgress) {
  return mutationOptions({
    mutationFn: (file: File) =>
      uploadFile(taskSummary, `/api/data/upload${queryString({ name: file.name })}`, file, onProgress ? { onProgress } : {}),
    onSuccess: (task, _file, _result, { client }) => putTask(client, task),
  });
}

export function deleteDataSetMutation() {
  return mutationOptions({
    mutationFn: (dataSetId: string) => deleteAt(dataSetPath(dataSetId)),
    onSuccess: (_nothing, _dataSetId, _result, { client }) => client.invalidateQueries({ queryKey: keys.data }),
  });
}

function dataSetPath(dataSetId: string): string {
  return `/api/data/${encodeURIComponent(dataSetId)}`;
}
