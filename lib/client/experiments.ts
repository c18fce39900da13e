import { mutationOptions, type QueryClient, type QueryKey, queryOptions } from "@tanstack/react-query";
import { benchmarkList } from "@/lib/contract/benchmark";
import {
  type ExperimentDetail,
  type ExperimentInput,
  experimentDetail,
  experimentEstimate,
  experimentList,
} from "@/lib/contract/experiment";
import type { LiveChange } from "@/lib/contract/live-event";
import { deleteAt, fetchJson, postJson } from "./fetch-json";
import { keys } from "./keys";
import { startWork } from "./start-work";

/** The shortest time between two readings of an experiment while its runs progress. */
const readAgainMs = 2000;

/** All experiments, newest first; `followAll` has them read again when one changes. */
export function experimentsQuery() {
  return queryOptions({
    queryKey: keys.experiments,
    queryFn: async ({ signal }) => (await fetchJson(experimentList, "/api/experiments", { signal })).experiments,
  });
}

/** One experiment with its trials; `followAll` has it read again when it or one of its runs changes. */
export function experimentQuery(experimentId: string) {
  return queryOptions({
    queryKey: keys.experiment(experimentId),
    queryFn: ({ signal }) => fetchJson(experimentDetail, experimentPath(experimentId), { signal }),
  });
}

/** Has what is shown of experiments read again, at once or soon, after a change that concerns them. */
export function changeExperiments(client: QueryClient, change: LiveChange): void {
  switch (change.kind) {
    case "experiment":
      readAgain(client, change.experiment.id);
      break;
    case "experimentRemoved":
      readAgain(client, change.experimentId);
      break;
    case "run":
      if (change.run.experiment !== null) readSoon(client, change.run.experiment.id);
      break;
    case "task":
      for (const [, detail] of client.getQueriesData<ExperimentDetail>({ queryKey: keys.experiments, predicate: isDetail }))
        if (detail?.tasks.some(({ id }) => id === change.task.id)) readSoon(client, detail.experiment.id);
  }
}

/** Has all that is shown of experiments read again: changes between an earlier reading and the beginning of a stream are unknown. */
export function readExperimentsAgain(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: keys.experiments, exact: true });
  void client.invalidateQueries({ queryKey: keys.experiments, predicate: isDetail });
}

function readAgain(client: QueryClient, experimentId: string): void {
  for (const queryKey of [keys.experiments, keys.experiment(experimentId)]) void client.invalidateQueries({ queryKey, exact: true });
}

const soon = new Set<string>();

/** The progress of runs and benchmarks comes several times a second. */
function readSoon(client: QueryClient, experimentId: string): void {
  if (soon.has(experimentId)) return;
  soon.add(experimentId);
  setTimeout(() => {
    soon.delete(experimentId);
    readAgain(client, experimentId);
  }, readAgainMs);
}

function isDetail({ queryKey }: { readonly queryKey: QueryKey }): boolean {
  return queryKey.length === keys.experiment("").length;
}

/** What an experiment will cost, or why it cannot be started; asked again for every change. */
export function estimateQuery(request: ExperimentInput) {
  return queryOptions({
    queryKey: [...keys.experiments, "estimate", request],
    queryFn: ({ signal }) =>
      fetchJson(experimentEstimate, "/api/experiments/estimate", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
        signal,
      }),
    retry: false,
    gcTime: 60_000,
  });
}

export function startExperimentMutation() {
  return mutationOptions({
    mutationFn: (request: ExperimentInput) => startWork(experimentDetail, "/api/experiments", request),
    onSuccess: (detail, _request, _result, { client }) => putExperiment(client, detail),
  });
}

export function experimentActionMutation(experimentId: string) {
  return mutationOptions({
    mutationFn: (action: "cancel" | "resume") => postJson(experimentDetail, `${experimentPath(experimentId)}/${action}`),
    onSuccess: (detail, _action, _result, { client }) => putExperiment(client, detail),
  });
}

export function deleteExperimentMutation(experimentId: string) {
  return mutationOptions({
    mutationFn: () => deleteAt(experimentPath(experimentId)),
    onSuccess: (_nothing, _variables, _result, { client }) => {
      client.removeQueries({ queryKey: keys.experiment(experimentId) });
      void client.invalidateQueries({ queryKey: keys.experiments, exact: true });
    },
  });
}

function putExperiment(client: QueryClient, detail: ExperimentDetail): void {
  client.setQueryData(experimentQuery(detail.experiment.id).queryKey, detail);
  void client.invalidateQueries({ queryKey: keys.experiments, exact: true });
  void client.invalidateQueries({ queryKey: keys.runs, exact: true });
}

function experimentPath(experimentId: string): string {
  return `/api/experiments/${encodeURIComponent(experimentId)}`;
}

/** All benchmarks, newest first: what final runs can be measured on. */
export function benchmarkChoicesQuery() {
  return queryOptions({
    queryKey: keys.benchmarks,
    queryFn: async ({ signal }) => (await fetchJson(benchmarkList, "/api/benchmarks", { signal })).benchmarks,
  });
}
