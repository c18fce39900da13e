import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { AskedOf } from "@/lib/contract/tasks/benchmark";
import type { BenchmarkDataOf } from "./benchmark-data";
import { labelledBenchmark } from "./labelled-benchmark";
import { choice, completion, textLoss } from "./text-benchmarks";

/** Every kind of benchmark; one that lacks a part does not compile. */
const data: { readonly [Kind in BenchmarkTask["kind"]]: BenchmarkDataOf<AskedOf<Kind>> } = {
  languageModel: textLoss,
  completion,
  choice,
  classification: labelledBenchmark,
  regression: labelledBenchmark,
};

export function benchmarkDataOf({ kind }: BenchmarkTask): BenchmarkDataOf<BenchmarkTask> {
  return data[kind];
}
