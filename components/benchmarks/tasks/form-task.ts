import type { BenchmarkForm } from "@/components/benchmarks/benchmark-form";
import type { AddBenchmarkInput } from "@/lib/contract/benchmark";

/** What a kind of benchmark takes from the form. */
export type FormTask = {
  /** What is missing; null where nothing is. */
  problemOf(form: BenchmarkForm): string | null;
  request(form: BenchmarkForm): AddBenchmarkInput["task"];
};
