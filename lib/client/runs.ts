import { mutationOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { runList, type StartRunInput } from "@/lib/contract/api";
import type { ImportRunInput } from "@/lib/contract/import-run";
import { type RunSummary, runDetail, runSummary } from "@/lib/contract/run";
import { deleteAt, fetchJson, postJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { type UploadProgress, uploadFile } from "./upload";

/** All runs, newest first. */
export function runsQuery() {
  return queryOptions({
    queryKey: keys.runs,
    queryFn: async ({ signal }) => (await fetchJson(runList, "/api/runs", { signal })).runs,
  });
}

/** One run with its metrics, evaluations, health and log; `followRun` keeps it up to date. */
export function runQuery(runId: string) {
  return queryOptions({
    queryKey: keys.run(runId),
    queryFn: ({ signal }) => fetchJson(runDetail, runPath(runId), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function startRunMutation() {
  return mutationOptions({
    mutationFn: (request: StartRunInput) => postJson(runSummary, "/api/runs", request),
    onSuccess: (run, _request, _result, { client }) => putRun(client, run),
  });
}

/** Takes in a run that was trained elsewhere, from a folder on the server. */
export function importRunMutation() {
  return mutationOptions({
    mutationFn: (request: ImportRunInput) => postJson(runSummary, "/api/runs/import", request),
    onSuccess: (run, _request, _result, { client }) => putRun(client, run),
  });
}

/** The same from a .tar or .tar.gz of the folder. */
export function uploadRunMutation(onProgress?: UploadProgress) {
  return mutationOptions({
    mutationFn: ({ file, settings }: { file: File; settings: Omit<ImportRunInput, "path"> }) => {
      const query = queryString({ name: file.name, settings: JSON.stringify(settings) });
      return uploadFile(runSummary, `/api/runs/import/upload${query}`, file, onProgress ? { onProgress } : {});
    },
    onSuccess: (run, _request, _result, { client }) => putRun(client, run),
  });
}

/** What can be asked of a run: to stop and keep its adapter, to be cancelled, to go on from its last checkpoint. */
export type RunAction = "stop" | "cancel" | "resume";

export function runActionMutation(runId: string) {
  return mutationOptions({
    mutationFn: (action: RunAction) => postJson(runSummary, `${runPath(runId)}/${action}`),
    onSuccess: (run, _action, _result, { client }) => putRun(client, run),
  });
}

export function deleteRunMutation(runId: string) {
  return mutationOptions({
    mutationFn: () => deleteAt(runPath(runId)),
    onSuccess: (_nothing, _variables, _result, { client }) => removeRun(client, runId),
  });
}

/** Where the adapter downloads from: a tar file of the folder in PEFT layout. */
export function adapterUrl(runId: string): string {
  return `${runPath(runId)}/adapter`;
}

/** Writes a run's summary into the lists and the run's own page. */
export function putRun(client: QueryClient, run: RunSummary): void {
  client.setQueryData(runsQuery().queryKey, (runs) => {
    if (runs === undefined) return undefined;
    return runs.some(({ id }) => id === run.id) ? runs.map((other) => (other.id === run.id ? run : other)) : [run, ...runs];
  });
  client.setQueryData(runQuery(run.id).queryKey, (detail) => detail && { ...detail, run });
}

export function removeRun(client: QueryClient, runId: string): void {
  client.setQueryData(runsQuery().queryKey, (runs) => runs?.filter(({ id }) => id !== runId));
  client.removeQueries({ queryKey: keys.run(runId) });
}

export function runPath(runId: string): string {
  return `/api/runs/${encodeURIComponent(runId)}`;
}
