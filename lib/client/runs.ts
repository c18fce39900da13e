import { infiniteQueryOptions, keepPreviousData, mutationOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { type AdapterFormat, runList, type StartRunInput } from "@/lib/contract/api";
import type { ImportRunInput } from "@/lib/contract/import-run";
import {
  logPageLines,
  type RunLogLine,
  type RunSummary,
  runCurve,
  runDetail,
  runLogPage,
  runRecord,
  runSummary,
  startedRuns,
} from "@/lib/contract/run";
import { runEstimates } from "@/lib/contract/run-estimate";
import { applyToRecord, applyToRun, applyToRuns, withItem } from "./apply-change";
import { deleteAt, fetchJson, postJson, queryString } from "./fetch-json";
import { fetchLive } from "./join-live";
import { keys } from "./keys";
import { startWork } from "./start-work";
import { type UploadProgress, uploadFile } from "./upload";

/** All runs, newest first. */
export function runsQuery() {
  return queryOptions({
    queryKey: keys.runs,
    queryFn: ({ signal }) => fetchLive(() => fetchJson(runList, "/api/runs", { signal }), applyToRuns),
    select: ({ runs }) => runs,
  });
}

/** One run with its curve, evaluations, health and newest log lines; `followAll` keeps it up to date. */
export function runQuery(runId: string) {
  return queryOptions({
    queryKey: keys.run(runId),
    queryFn: ({ signal }) => fetchLive(() => fetchJson(runDetail, runPath(runId), { signal }), applyToRun),
    staleTime: Number.POSITIVE_INFINITY,
    // Each event makes a new detail that shares what did not change; comparing all of it would cost as much as the run is long.
    structuralSharing: false,
  });
}

/** One run without its curve and log: what all pages about it need. `followAll` keeps it up to date. */
export function runRecordQuery(runId: string) {
  return queryOptions({
    queryKey: keys.runRecord(runId),
    queryFn: ({ signal }) => fetchLive(() => fetchJson(runRecord, `${runPath(runId)}/record`, { signal }), applyToRecord),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The curve of the steps `from`…`to`, both inclusive, in more detail than the whole run's. */
export function runCurveQuery(runId: string, { from, to }: StepRange) {
  return queryOptions({
    queryKey: keys.runCurve(runId, from, to),
    queryFn: ({ signal }) => fetchJson(runCurve, `${runPath(runId)}/metrics${queryString({ from, to })}`, { signal }),
  });
}

export type StepRange = { from: number; to: number };

/** Lines of the log before a line, page by page, newest page first. */
export function olderLogQuery(runId: string, before: number) {
  return infiniteQueryOptions({
    queryKey: keys.olderLog(runId, before),
    queryFn: ({ pageParam, signal }) => readLogBefore(runId, pageParam, signal),
    initialPageParam: before,
    getNextPageParam: (page) => (page.lines.length < logPageLines ? undefined : page.lines[0]?.id),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The whole log, oldest line first. */
export async function readWholeLog(runId: string): Promise<RunLogLine[]> {
  const pages: RunLogLine[][] = [];
  for (let before: number | undefined; ; ) {
    const { lines } = await readLogBefore(runId, before);
    pages.unshift(lines);
    before = lines[0]?.id;
    if (lines.length < logPageLines) return pages.flat();
  }
}

function readLogBefore(runId: string, before: number | undefined, signal?: AbortSignal) {
  return fetchJson(runLogPage, `${runPath(runId)}/log${queryString({ before })}`, signal ? { signal } : {});
}

/** Estimated time and memory of runs; read again whenever their settings change. */
export function runEstimatesQuery(runs: StartRunInput[]) {
  return queryOptions({
    queryKey: ["run estimates", runs],
    queryFn: async () => (await postJson(runEstimates, "/api/runs/estimate", { runs })).runs,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 60_000,
  });
}

/** Starts runs in one request: all of them or none. */
export function startRunsMutation() {
  return mutationOptions({
    mutationFn: async (runs: StartRunInput[]) => (await startWork(startedRuns, "/api/runs/group", { runs })).runs,
    onSuccess: (runs, _request, _result, { client }) => {
      for (const run of runs) putRun(client, run);
    },
  });
}

/** Takes in a run that was trained elsewhere, from a folder on the server. */
export function importRunMutation() {
  return mutationOptions({
    mutationFn: (request: ImportRunInput) => startWork(runSummary, "/api/runs/import", request),
    onSuccess: (run, _request, _result, { client }) => putRun(client, run),
  });
}

/** The same from a .tar or .tar.gz of the folder. */
export function uploadRunMutation(settings: Omit<ImportRunInput, "path">, onProgress?: UploadProgress) {
  return mutationOptions({
    mutationFn: (file: File) => {
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

/** Where the adapter downloads from: an archive of the folder in PEFT layout. */
export function adapterUrl(runId: string, format: AdapterFormat): string {
  return `${runPath(runId)}/adapter${queryString({ format })}`;
}

/** Writes a run's summary into the lists and the run's own page. */
export function putRun(client: QueryClient, run: RunSummary): void {
  client.setQueryData(runsQuery().queryKey, (list) => list && { ...list, runs: withItem(list.runs, run) });
  client.setQueryData(runQuery(run.id).queryKey, (detail) => detail && { ...detail, run });
  client.setQueryData(runRecordQuery(run.id).queryKey, (record) => record && { ...record, run });
}

function removeRun(client: QueryClient, runId: string): void {
  client.setQueryData(runsQuery().queryKey, (list) => list && { ...list, runs: list.runs.filter(({ id }) => id !== runId) });
  client.removeQueries({ queryKey: keys.run(runId) });
}

export function runPath(runId: string): string {
  return `/api/runs/${encodeURIComponent(runId)}`;
}
