import {
  addBenchmarkRequest,
  benchmarkDetail,
  benchmarkItems,
  benchmarkList,
  benchmarkSummary,
  itemQuery,
  measureBenchmarksRequest,
  measureRunsRequest,
  measureStarted,
  runBenchmarkList,
} from "@/lib/contract/benchmark";
import { type EndpointArea, file, json, jsonBody, nothing } from "./endpoint";

export const benchmarkEndpoints = {
  name: "Benchmarks",
  about: "The same rows for every run, compared with its base model: losses and answers per item, with intervals paired over items.",
  endpoints: [
    {
      method: "GET",
      path: "/api/benchmarks",
      summary: "All benchmarks, newest first.",
      answers: [json("BenchmarkList", benchmarkList)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/benchmarks",
      startsWork: true,
      summary: "Adds a benchmark: fixed rows of a dataset and a task. Reading them may take up to 4 minutes.",
      body: jsonBody("AddBenchmarkRequest", addBenchmarkRequest, ({ dataSet }) => ({
        name: "held-out text",
        rows: { dataSetId: dataSet, mapping: { kind: "text" as const, text: "text" }, part: { kind: "all" as const } },
        task: { kind: "languageModel" as const },
      })),
      answers: [json("BenchmarkSummary", benchmarkSummary)],
      refusals: ["notFound", "tooLarge"],
    },
    {
      method: "GET",
      path: "/api/benchmarks/{benchmark}",
      summary: "A benchmark with the numbers of every run that was measured on it.",
      answers: [json("BenchmarkDetail", benchmarkDetail)],
      refusals: ["notFound"],
    },
    {
      method: "DELETE",
      path: "/api/benchmarks/{benchmark}",
      summary: "Removes a benchmark with all its results.",
      answers: [nothing],
      refusals: ["notFound"],
    },
    {
      method: "POST",
      path: "/api/benchmarks/{benchmark}/results",
      startsWork: true,
      summary:
        "Queues the measuring of runs on a benchmark; the base model, or of encoders the constant prediction, is measured once for all of them.",
      body: jsonBody("MeasureRunsRequest", measureRunsRequest, ({ run }) => ({ runs: [run] })),
      answers: [json("MeasureStarted", measureStarted)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/benchmarks",
      summary:
        "All benchmarks with a run's numbers against its base model, or the constant prediction, and why it cannot be measured on some.",
      answers: [json("RunBenchmarkList", runBenchmarkList)],
      refusals: ["notFound"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/benchmarks",
      startsWork: true,
      summary: "Queues the measuring of a run on benchmarks.",
      body: jsonBody("MeasureBenchmarksRequest", measureBenchmarksRequest, ({ benchmark }) => ({ benchmarks: [benchmark] })),
      answers: [json("MeasureStarted", measureStarted)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/benchmarks/{benchmark}",
      summary: "A run's result on a benchmark, row by row, compared with its base model.",
      query: itemQuery,
      answers: [json("BenchmarkItems", benchmarkItems)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/benchmarks/{benchmark}/table",
      summary: "The whole result as a table. Reading its texts may take up to 4 minutes.",
      answers: [file("text/csv; charset=utf-8", "One line a row, in the benchmark's order.")],
      refusals: ["notFound", "tooLarge"],
    },
  ],
} as const satisfies EndpointArea;
