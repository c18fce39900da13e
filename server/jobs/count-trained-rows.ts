import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import { planRows } from "@/server/files/data/row-plan";
import { openImageData } from "@/server/files/images/image-data";
import type { JobContext } from "./job-context";
import type { OpenReading } from "./open-run";
import { runData } from "./run-data";

/**
 * How many of a benchmark's rows the run trained on.
 *
 * @param numbers of the rows in the benchmark's data set
 * @returns null where the run's data is another, or no longer there, or it was trained elsewhere: then nobody knows
 */
export async function countTrainedRows(
  context: JobContext,
  { run, config }: Pick<OpenReading, "run" | "config">,
  { rows }: Pick<BenchmarkSummary, "rows">,
  numbers: Int32Array,
): Promise<number | null> {
  const { data, training } = config;
  if (training === null || data?.kind !== "dataSet" || data.dataSetId !== rows.dataSetId) return null;
  const found = await runData(context, run, config).catch(() => undefined);
  if (found?.kind !== "dataSet" || found.path === undefined) return null;
  const trained = new Set((await planRows(await openImageData(found.path), found.mapping, found)).train);
  return numbers.reduce((sum, number) => sum + (trained.has(number) ? 1 : 0), 0);
}
