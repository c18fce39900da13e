import { z } from "zod";
import { classificationBenchmark } from "./tasks/classification/benchmark-settings";
import { choiceBenchmark, completionBenchmark, textLossBenchmark } from "./tasks/language-model/benchmark-settings";
import { regressionBenchmark } from "./tasks/regression/benchmark-settings";

/** What is asked of a model, and so which numbers come out. */
export const benchmarkTask = z.discriminatedUnion("kind", [
  textLossBenchmark,
  completionBenchmark,
  choiceBenchmark,
  classificationBenchmark,
  regressionBenchmark,
]);
export type BenchmarkTask = z.infer<typeof benchmarkTask>;
