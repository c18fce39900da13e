import { keepPreviousData, mutationOptions, queryOptions } from "@tanstack/react-query";
import { type AddDataSetInput, dataRows, dataSetList, type PreviewInput } from "@/lib/contract/api";
import { preview } from "@/lib/contract/data-set";
import { jobSummary } from "@/lib/contract/run";
import { deleteAt, fetchJson, postJson, queryString } from "./fetch-json";
import { putJob } from "./jobs";
import { keys } from "./keys";
import { startWork } from "./start-work";
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

/** Starts the job that adds a file or folder on the server; a new dataset has the job's id. */
export function addDataSetMutation() {
  return mutationOptions({
    mutationFn: (request: AddDataSetInput) => startWork(jobSummary, "/api/data", request),
    onSuccess: (job, _request, _result, { client }) => putJob(client, job),
  });
}

/** Uploads one file of rows and starts the job that adds it. */
export function uploadDataSetMutation(onProgress?: UploadProgress) {
  return mutationOptions({
    mutationFn: (file: File) =>
      uploadFile(jobSummary, `/api/data/upload${queryString({ name: file.name })}`, file, onProgress ? { onProgress } : {}),
    onSuccess: (job, _file, _result, { client }) => putJob(client, job),
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
