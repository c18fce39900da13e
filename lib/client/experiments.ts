import { mutationOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { benchmarkList } from "@/lib/contract/benchmark";
import {
  type ExperimentDetail,
  type ExperimentInput,
  experimentDetail,
  experimentEstimate,
  experimentList,
} from "@/lib/contract/experiment";
import { deleteAt, fetchJson, postJson } from "./fetch-json";
import { keys } from "./keys";
import { startWork } from "./start-work";

/** How often an experiment that runs is read again. */
const readAgainMs = 2000;

/** All experiments, newest first. */
export function experimentsQuery() {
  return queryOptions({
    queryKey: keys.experiments,
    queryFn: async ({ signal }) => (await fetchJson(experimentList, "/api/experiments", { signal })).experiments,
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === "running") ? readAgainMs : false),
  });
}

/** One experiment with its trials. */
export function experimentQuery(experimentId: string) {
  return queryOptions({
    queryKey: keys.experiment(experimentId),
    queryFn: ({ signal }) => fetchJson(experimentDetail, experimentPath(experimentId), { signal }),
    refetchInterval: ({ state }) => (state.data?.experiment.status === "running" ? readAgainMs : false),
  });
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
