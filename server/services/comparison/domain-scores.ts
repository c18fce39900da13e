import type { DomainScores } from "@/lib/contract/comparison";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { meanOf } from "@/lib/numbers/intervals";
import { sampleOf } from "@/lib/numbers/metrics/item-metrics";
import { readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import type { ResultPair } from "@/server/db/benchmarks/results";
import type { ServiceContext } from "@/server/services/context";
import { type BenchmarkNumber, numbersOf, sharedPlaces } from "./benchmark-metrics";
import type { MeasuredBenchmark } from "./measured-results";
import type { Side } from "./sides";

/** Of a benchmark with domains, what each side makes of each; undefined where it has none, or fewer than two sides were measured. */
export async function domainScores(
  { store }: Pick<ServiceContext, "store">,
  { benchmark, results }: MeasuredBenchmark,
  sides: readonly Side[],
): Promise<DomainScores | undefined> {
  const { id: benchmarkId, name, domains, task } = benchmark;
  const number = numbersOf(benchmark)[0];
  if (number === undefined || domains.length < 2 || results.size === 0) return undefined;
  const items = await readBenchmarkItems(store.db, benchmarkId);
  if (items === undefined) return undefined;
  const places = sharedPlaces([...results.values()]);
  const rowsOf = domains.map((_, domain) => places.filter((place) => items.domainOf[place] === domain));
  const ofSides = sides.flatMap((side, place) => {
    const own = side.runs.flatMap((run) => results.get(run.id) ?? []);
    if (own.length === 0) return [];
    const readings = rowsOf.map((rows) => own.map((result) => readingOf(number, result, rows)));
    return [{ side: place, values: readings.map(meanValue), changes: readings.map(meanChange) }];
  });
  if (ofSides.length < 2) return undefined;
  const { label, better, unit } = number.metric;
  return {
    ...{ benchmarkId, name, domains, metric: { label, better, unit }, sides: ofSides },
    against: benchmarkTasks[task.kind].isLabelled ? "constantAnswer" : "baseModel",
    isAcross: new Set(sides.map(trainedDomains)).size > 1,
  };
}

type Reading = { readonly value: number; readonly change: number };

function readingOf({ name }: BenchmarkNumber, { adapter, base }: ResultPair, rows: readonly number[]): Reading {
  if (rows.length === 0) return { value: Number.NaN, change: Number.NaN };
  const value = sampleOf(name, adapter, rows)();
  return { value, change: value - sampleOf(name, base, rows)() };
}

function meanValue(readings: readonly Reading[]): number | null {
  return finiteMean(readings.map(({ value }) => value));
}

function meanChange(readings: readonly Reading[]): number | null {
  return finiteMean(readings.map(({ change }) => change));
}

function finiteMean(values: readonly number[]): number | null {
  const mean = values.length === 0 ? Number.NaN : meanOf(values);
  return Number.isFinite(mean) ? mean : null;
}

function trainedDomains({ first }: Side): string {
  const { data } = first.config;
  return data?.kind === "dataSet" ? JSON.stringify(data.domains) : "unknown";
}
