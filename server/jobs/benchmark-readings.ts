import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import { measuringObstacle } from "@/lib/contract/benchmark-fit";
import { type AnswerBenchmarkTask, asksForAnswers } from "@/lib/contract/benchmark-task";
import { taskOf } from "@/lib/contract/run-config";
import { readBenchmark, readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { readDataSet } from "@/server/db/library/data-sets";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { BenchmarkContext } from "@/server/engine/benchmarks/benchmark-context";
import type { ItemReadings } from "@/server/engine/benchmarks/benchmark-material";
import { constantAnswers, measureAnswers } from "@/server/engine/benchmarks/measure-answers";
import { measureItems, unitsOf } from "@/server/engine/benchmarks/measure-items";
import type { Work } from "@/server/engine/studies/study-context";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { readSelectedRows } from "@/server/files/data/benchmark-rows";
import type { DataRow } from "@/server/files/data/data-row";
import { openDataSet } from "@/server/files/data/data-set";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { isEncoderBase } from "@/server/runtime/models/loaded-base";
import { readAnswerRows } from "@/server/runtime/rows/answer-material";
import { readBenchmarkMaterial } from "@/server/runtime/rows/benchmark-material";
import { isOfText, type OpenTrained } from "./open-run";
import { runFolders } from "./run-folders";
import type { TaskRun } from "./task-run";

/** A benchmark with its rows as a run's model reads them. */
export type OpenBenchmark = {
  readonly benchmark: BenchmarkSummary;
  /** Of its rows in their data set. */
  readonly numbers: Int32Array;
  /** Of reading the rows with the adapter on, and off: the base model, or of an encoder, which has no head of its own, the constant answer. */
  readonly units: Readonly<Record<Arm, number>>;
  work(arm: Arm): Work<ItemReadings>;
};

type Arm = BenchmarkContext["arm"];

type Rows = { readonly benchmark: BenchmarkSummary; readonly numbers: Int32Array; readonly rows: readonly DataRow[] };

/** @throws Error when the benchmark was removed, its data is gone or has changed, the run cannot be asked this, or no row is left that it could read */
export async function openBenchmark(task: TaskRun, open: OpenTrained, benchmarkId: string): Promise<OpenBenchmark> {
  const { context, report } = task;
  const { db } = context.store;
  const benchmark = await retryWhileDown(() => readBenchmark(db, benchmarkId));
  const items = await retryWhileDown(() => readBenchmarkItems(db, benchmarkId));
  if (benchmark === undefined || items === undefined) throw new Error("the benchmark was removed");
  const { kind } = taskOf(open.config);
  const classes = kind === "classification" ? classesOf(task, open) : undefined;
  const obstacle = measuringObstacle({ name: open.run.name, kind, classes }, benchmark);
  if (obstacle !== undefined) throw new Error(obstacle);
  report({ message: `${benchmark.name}: reading rows` });
  const dataSet = await retryWhileDown(() => readDataSet(db, benchmark.rows.dataSetId));
  if (dataSet === undefined) throw new Error(`the data set ${benchmark.dataName} is no longer there; add it again`);
  const rows = await readSelectedRows(openDataSet(dataSet.path), items.numbers, benchmark);
  const read = { benchmark, numbers: items.numbers, rows };
  if (asksForAnswers(benchmark.task)) return openAnswers(read, benchmark.task, { open, classes, signal: task.signal });
  if (isOfText(open)) return openTexts(read, open, task.signal);
  throw new Error(`${open.run.name} continues no text`);
}

/** Names of the classes of a run's head, by number. */
function classesOf({ context }: TaskRun, { run, classifier }: OpenTrained): readonly string[] | undefined {
  const names = readLabelNames(runFolders(context.dataFolder, run.id).adapter);
  return names ?? (classifier && Array.from({ length: classifier.model.numLabels }, (_, number) => String(number)));
}

async function openTexts(
  { benchmark, numbers, rows }: Rows,
  open: OpenTrained & { readonly base: BaseModel },
  signal: AbortSignal,
): Promise<OpenBenchmark> {
  const { rows: shape, task } = benchmark;
  if (asksForAnswers(task)) throw new Error(`${open.run.name} has no head`);
  const { base, trained: adapter } = open;
  if (adapter === undefined) throw new Error(`${open.run.name} trained nothing that a text is continued with`);
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const { contextLength } = base.model.config;
  const material = await readBenchmarkMaterial({ rows, numbers, shape, task }, { tokenizer, contextLength }, signal);
  const units = unitsOf(material);
  const context = {
    model: base.model,
    adapter,
    isSpecial: tokenizer.isSpecial,
    decode: (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: true }),
    endIds: tokenizer.eosIds,
  };
  return { benchmark, numbers, units: { on: units, off: units }, work: (arm) => measureItems({ ...context, arm }, material) };
}

type OfRun = { readonly open: OpenTrained; readonly classes: readonly string[] | undefined; readonly signal: AbortSignal };

async function openAnswers(
  { benchmark, numbers, rows }: Rows,
  task: AnswerBenchmarkTask,
  { open: { run, base, trained, classifier }, classes, signal }: OfRun,
): Promise<OpenBenchmark> {
  if (!isEncoderBase(base) || classifier === undefined) throw new Error(`${run.name} has no head: train a run with one`);
  const { contextLength, typeVocab } = base.encoder.config;
  const reader = { tokenizer: demandTokenizer(base.tokenizer, base.path), contextLength, typeVocab, classes };
  const { material, targets } = await readAnswerRows({ rows, numbers, shape: benchmark.rows, task }, reader, signal);
  const { model, head } = classifier;
  const own = task.kind === "classification" ? (task.classes ?? []) : null;
  return {
    benchmark,
    numbers,
    units: { on: rows.length, off: 0 },
    work: (arm) =>
      arm === "on"
        ? measureAnswers(() => ({ model, hooks: trained && adapterHooks(trained), head: head.read() }), material)
        : atOnce(() => constantAnswers(targets, own)),
  };
}

/** Work that is done in one piece. */
// biome-ignore lint/correctness/useYield: there is nothing between its beginning and its end
function* atOnce<Result>(make: () => Result): Work<Result> {
  return make();
}
