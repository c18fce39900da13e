import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import {
  type AddBenchmarkInput,
  type BenchmarkSummary,
  benchmarkItems,
  benchmarkSummary,
  type ItemQuery,
  type MeasureStarted,
  measureStarted,
  type RunBenchmark,
  runBenchmarkList,
} from "@/lib/contract/benchmark";
import { isOpenJob } from "@/lib/contract/run";
import { deleteAt, fetchJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { runPath } from "./runs";
import { startWork } from "./start-work";

/** How often the list is read again while a benchmark is measured. */
const readAgainMs = 1500;

/** Every benchmark with what a run has of it, newest first. */
export function runBenchmarksQuery(runId: string) {
  return queryOptions({
    queryKey: keys.runBenchmarks(runId),
    queryFn: async ({ signal }) => (await fetchJson(runBenchmarkList, `${runPath(runId)}/benchmarks`, { signal })).benchmarks,
    refetchInterval: ({ state }) => (state.data?.some(isMeasuring) ? readAgainMs : false),
  });
}

/** A page of a result, row by row. @param measuredAt of the result, so that a newer one is read anew */
export function benchmarkItemsQuery(runId: string, benchmarkId: string, measuredAt: string, query: ItemQuery) {
  return queryOptions({
    queryKey: [...keys.runBenchmarks(runId), benchmarkId, measuredAt, query],
    queryFn: ({ signal }) => fetchJson(benchmarkItems, `${itemsPath(runId, benchmarkId)}${queryString(query)}`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function addBenchmark(request: AddBenchmarkInput): Promise<BenchmarkSummary> {
  return startWork(benchmarkSummary, "/api/benchmarks", request);
}

/** Removes a benchmark with the results of all runs. */
export function removeBenchmark(benchmarkId: string): Promise<void> {
  return deleteAt(`/api/benchmarks/${encodeURIComponent(benchmarkId)}`);
}

/** Queues what is not measured yet. */
export function measureBenchmarks(runId: string, benchmarks: readonly string[]): Promise<MeasureStarted> {
  return startWork(measureStarted, `${runPath(runId)}/benchmarks`, { benchmarks });
}

/** Where all items download from, as CSV. */
export function itemTableHref(runId: string, benchmarkId: string): string {
  return `${itemsPath(runId, benchmarkId)}/table`;
}

export function isMeasuring({ task }: Pick<RunBenchmark, "task">): boolean {
  return task !== null && isOpenJob(task);
}

function itemsPath(runId: string, benchmarkId: string): string {
  return `${runPath(runId)}/benchmarks/${encodeURIComponent(benchmarkId)}`;
}
