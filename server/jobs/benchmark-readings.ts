import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import { measuringObstacle } from "@/lib/contract/benchmark-fit";
import { taskOf } from "@/lib/contract/tasks/tasks";
import { readBenchmark, readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { readDataSet } from "@/server/db/library/data-sets";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { readSelectedRows } from "@/server/files/data/benchmark-rows";
import { openImageData } from "@/server/files/images/image-data";
import { classNames } from "@/server/runtime/tasks/answers/class-names";
import type { BenchmarkWork } from "@/server/runtime/tasks/benchmark-work";
import { benchmarkWork } from "@/server/runtime/tasks/benchmark-works";
import type { JobAtWork } from "./job-at-work";
import type { OpenTrained } from "./open-run";
import { runFolders } from "./run-folders";

/** A benchmark with its rows as a run's model reads them. */
export type OpenBenchmark = BenchmarkWork & {
  readonly benchmark: BenchmarkSummary;
  /** Of its rows in their data set. */
  readonly numbers: Int32Array;
};

/** @throws Error when the benchmark was removed, its data is gone or has changed, the run cannot be asked this, or no row is left that it could read */
export async function openBenchmark(job: JobAtWork, open: OpenTrained, benchmarkId: string): Promise<OpenBenchmark> {
  const { context, report, signal } = job;
  const { db } = context.store;
  const benchmark = await retryWhileDown(() => readBenchmark(db, benchmarkId));
  const items = await retryWhileDown(() => readBenchmarkItems(db, benchmarkId));
  if (benchmark === undefined || items === undefined) throw new Error("the benchmark was removed");
  const { kind } = taskOf(open.config);
  const classes = classNames(runFolders(context.dataFolder, open.run.id).adapter, open);
  const obstacle = measuringObstacle({ name: open.run.name, kind, classes, readsImages: open.base.kind === "imageEncoder" }, benchmark);
  if (obstacle !== undefined) throw new Error(obstacle);
  report({ message: `${benchmark.name}: reading rows` });
  const dataSet = await retryWhileDown(() => readDataSet(db, benchmark.rows.dataSetId));
  if (dataSet === undefined) throw new Error(`the dataset ${benchmark.dataName} was removed; add it again`);
  const { numbers } = items;
  const data = await openImageData(dataSet.path);
  const rows = await readSelectedRows(data, numbers, benchmark);
  const reading = { dataSet: data, rows, numbers, shape: benchmark.rows, task: benchmark.task };
  return { benchmark, numbers, ...(await benchmarkWork(reading, { ...open, classes }, signal)) };
}
