import type { BenchmarkScore, BenchmarkSummary } from "@/lib/contract/benchmark";
import { benchmarkTasks, metricsOfTask } from "@/lib/contract/tasks/benchmark-tasks";
import { scoreItems } from "@/lib/numbers/metrics/score-items";
import { readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { type ResultHead, type ResultPair, readPair } from "@/server/db/benchmarks/results";
import type { ServiceContext } from "@/server/services/context";

/** Results never change, so neither do their scores; the latest are kept, by result. */
const kept = new Map<string, BenchmarkScore>();
const mostKept = 1000;

/** @returns undefined when the result, or the benchmark, went meanwhile */
export async function scoreOfResult(
  { store }: Pick<ServiceContext, "store">,
  benchmark: BenchmarkSummary,
  { id, runId }: Pick<ResultHead, "id" | "runId">,
): Promise<BenchmarkScore | undefined> {
  const known = kept.get(id);
  if (known !== undefined) return known;
  const [pair, items] = await Promise.all([readPair(store.db, benchmark.id, runId), readBenchmarkItems(store.db, benchmark.id)]);
  return pair && items && scoreOfPair(benchmark, pair, items.domainOf);
}

export function scoreOfPair({ task, domains }: BenchmarkSummary, pair: ResultPair, domainOf: Int32Array): BenchmarkScore {
  const { id, step, trainedRows, createdAt } = pair.adapter;
  const known = kept.get(id);
  if (known !== undefined) return known;
  const reference = benchmarkTasks[task.kind].reference.name;
  const numbers = scoreItems({ names: metricsOfTask(task), pair, reference, domains, domainOf });
  const score = { step, trainedRows, measuredAt: createdAt.toISOString(), ...numbers };
  kept.set(id, score);
  const oldest = kept.keys().next().value;
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return score;
}
