import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { AskedOf } from "@/lib/contract/tasks/benchmark";
import { answerBenchmark } from "./answers/answer-benchmark";
import type { BenchmarkReading, BenchmarkWork, OpensBenchmark, TrainedModel } from "./benchmark-work";
import { textBenchmark } from "./language-model/text-benchmark";

/** How each kind of benchmark is measured; one that is missing does not compile. */
const benchmarks: { readonly [Kind in BenchmarkTask["kind"]]: OpensBenchmark<AskedOf<Kind>> } = {
  languageModel: textBenchmark,
  completion: textBenchmark,
  choice: textBenchmark,
  classification: answerBenchmark,
  regression: answerBenchmark,
};

/** @throws Error as `OpensBenchmark` */
export function benchmarkWork(reading: BenchmarkReading, model: TrainedModel, signal: AbortSignal): Promise<BenchmarkWork> {
  const own: OpensBenchmark<BenchmarkTask> = benchmarks[reading.task.kind];
  return own.open(reading, model, signal);
}
