import type { BenchmarkRows } from "@/lib/contract/benchmark";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { BenchmarkContext } from "@/server/engine/benchmarks/benchmark-context";
import type { ItemReadings } from "@/server/engine/benchmarks/benchmark-material";
import type { Work } from "@/server/engine/studies/study-context";
import type { DataRow } from "@/server/files/data/data-row";
import type { DataSet } from "@/server/files/data/data-set";
import type { LoadedModel } from "@/server/runtime/models/loaded-model";

/** Reading a benchmark's rows with what was trained, and with what it is compared with: the base model, or the constant prediction. */
export type BenchmarkWork = {
  readonly units: Readonly<Record<BenchmarkContext["arm"], number>>;
  work(arm: BenchmarkContext["arm"]): Work<ItemReadings>;
};

/** The rows of a benchmark, with their numbers in their data set. */
export type BenchmarkReading<Asked extends BenchmarkTask = BenchmarkTask> = {
  readonly dataSet: DataSet;
  /** Images as their hashes. */
  readonly rows: readonly DataRow[];
  readonly numbers: Int32Array;
  readonly shape: BenchmarkRows;
  readonly task: Asked;
};

/** A base model with what a run trained over it. */
export type TrainedModel = Omit<LoadedModel, "adapter"> & {
  /** Names of the head's classes, by number; undefined where it has none. */
  readonly classes: readonly string[] | undefined;
};

/**
 * Reads the rows as the model does.
 *
 * @throws Error naming the row at fault, where none is left, or where the model cannot be asked this
 */
export type OpensBenchmark<Asked extends BenchmarkTask> = {
  open(reading: BenchmarkReading<Asked>, model: TrainedModel, signal: AbortSignal): Promise<BenchmarkWork>;
};
