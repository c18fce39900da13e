import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { benchmarkSummary, measureStarted } from "@/lib/contract/benchmark";
import {
  type ComparedItemQuery,
  type ComparisonScorecard,
  comparedItems,
  comparedLatents,
  comparison,
  comparisonScorecard,
  type PairQuery,
  type ScorecardQuery,
  type SuggestedBenchmark,
} from "@/lib/contract/comparison";
import { matchedBudgets } from "@/lib/contract/matched-budgets";
import type { ComparisonReportQuery } from "@/lib/contract/report";
import { isOpenJob } from "@/lib/contract/run";
import { fetchJson, queryString } from "./fetch-json";
import { keys } from "./keys";
import { startWork } from "./start-work";

/** How often the scorecard is read again while a benchmark is measured. */
const readAgainMs = 1500;

/** Runs as sides, with what differs and their curves. */
export function comparisonQuery(runs: readonly string[]) {
  const query = { runs: runs.join(",") };
  return queryOptions({
    queryKey: [...keys.comparison, query],
    queryFn: ({ signal }) => fetchJson(comparison, `/api/compare${queryString(query)}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** What sides have in common, and which run would match where they do not. */
export function budgetsQuery(query: PairQuery) {
  return queryOptions({
    queryKey: [...keys.comparison, "budgets", query],
    queryFn: ({ signal }) => fetchJson(matchedBudgets, `/api/compare/budgets${queryString(query)}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** The numbers of two sides with their intervals. */
export function scorecardQuery(query: ScorecardQuery) {
  return queryOptions({
    queryKey: [...keys.comparison, "scorecard", query],
    queryFn: ({ signal }) => fetchJson(comparisonScorecard, `/api/compare/scorecard${queryString(query)}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.missing.some(({ jobs }) => jobs.some(isOpenJob)) ? readAgainMs : false),
  });
}

/** What two sides make of a benchmark, a page of rows. */
export function comparedItemsQuery(query: ComparedItemQuery) {
  return queryOptions({
    queryKey: [...keys.comparison, "items", query],
    queryFn: ({ signal }) => fetchJson(comparedItems, `/api/compare/items${queryString(query)}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** Latents of two sides beside one another. */
export function comparedLatentsQuery(query: PairQuery) {
  return queryOptions({
    queryKey: [...keys.comparison, "latents", query],
    queryFn: ({ signal }) => fetchJson(comparedLatents, `/api/compare/latents${queryString(query)}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** Queues the measuring of those runs that a benchmark lacks. */
export async function measureMissing(missing: ComparisonScorecard["missing"]): Promise<void> {
  for (const { benchmarkId, runs } of missing)
    await startWork(measureStarted, `/api/benchmarks/${encodeURIComponent(benchmarkId)}/results`, { runs });
}

/** Adds a benchmark that was suggested, and queues its measuring on these runs. */
export async function measureSuggested({ request }: SuggestedBenchmark, runs: readonly string[]): Promise<void> {
  const { id } = await startWork(benchmarkSummary, "/api/benchmarks", request);
  await startWork(measureStarted, `/api/benchmarks/${encodeURIComponent(id)}/results`, { runs });
}

/** A comparison as a report in one file. */
export function reportHref(query: ComparisonReportQuery): string {
  return `/api/compare/report${queryString(query)}`;
}

/** The page that compares these runs. */
export function comparisonHref(runs: readonly string[]): string {
  return `/compare?runs=${runs.map(encodeURIComponent).join(",")}`;
}
