import type { BenchmarkRows } from "@/lib/contract/benchmark";
import { type AnswerBenchmarkTask, asksForAnswers, type BenchmarkTask } from "@/lib/contract/benchmark-task";
import { classesAsked } from "@/lib/contract/tasks/benchmark-tasks";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import type { BenchmarkContext } from "@/server/engine/benchmarks/benchmark-context";
import type { ItemReadings } from "@/server/engine/benchmarks/benchmark-material";
import { constantAnswers, measureAnswers } from "@/server/engine/benchmarks/measure-answers";
import { measureItems, unitsOf } from "@/server/engine/benchmarks/measure-items";
import type { Work } from "@/server/engine/studies/study-context";
import type { DataRow } from "@/server/files/data/data-row";
import { isEncoderBase, type LoadedBase } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import type { LoadedTop } from "@/server/runtime/models/loaded-model";
import { readAnswerRows } from "./answer-material";
import { readBenchmarkMaterial } from "./benchmark-material";

/** Reading a benchmark's rows with what was trained, and with what it stands against: the base model, or the constant answer. */
export type BenchmarkWork = {
  readonly units: Readonly<Record<BenchmarkContext["arm"], number>>;
  work(arm: BenchmarkContext["arm"]): Work<ItemReadings>;
};

/** The rows of a benchmark, with their numbers in their data set. */
export type BenchmarkReading = {
  readonly rows: readonly DataRow[];
  readonly numbers: Int32Array;
  readonly shape: BenchmarkRows;
  readonly task: BenchmarkTask;
};

/** A base model with what a run trained over it. */
export type TrainedModel = {
  readonly base: LoadedBase;
  /** Undefined where a head was trained alone. */
  readonly trained: Trained | undefined;
  readonly classifier: LoadedTop["classifier"];
  /** Names of the head's classes, by number; undefined where it has none. */
  readonly classes: readonly string[] | undefined;
};

/**
 * Reads the rows as the model does.
 *
 * @throws Error naming the row at fault, where none is left, or where the model cannot be asked this
 */
export async function benchmarkWork(reading: BenchmarkReading, model: TrainedModel, signal: AbortSignal): Promise<BenchmarkWork> {
  const { task } = reading;
  return asksForAnswers(task) ? answerWork({ ...reading, task }, model, signal) : textWork({ ...reading, task }, model, signal);
}

type TextReading = BenchmarkReading & { readonly task: Exclude<BenchmarkTask, AnswerBenchmarkTask> };

async function textWork(reading: TextReading, { base, trained }: TrainedModel, signal: AbortSignal): Promise<BenchmarkWork> {
  if (isEncoderBase(base)) throw new Error(`${base.path} is an encoder, which does not generate text`);
  if (trained === undefined) throw new Error(`over ${base.path} no run was trained that generates text`);
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const { contextLength } = base.model.config;
  const material = await readBenchmarkMaterial(reading, { tokenizer, contextLength }, signal);
  const units = unitsOf(material);
  const context = {
    model: base.model,
    adapter: trained,
    isSpecial: tokenizer.isSpecial,
    decode: (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: true }),
    endIds: tokenizer.eosIds,
  };
  return { units: { on: units, off: units }, work: (arm) => measureItems({ ...context, arm }, material) };
}

type AnswerReading = BenchmarkReading & { readonly task: AnswerBenchmarkTask };

async function answerWork(
  reading: AnswerReading,
  { base, trained, classifier, classes }: TrainedModel,
  signal: AbortSignal,
): Promise<BenchmarkWork> {
  if (!isEncoderBase(base) || classifier === undefined)
    throw new Error(`over ${base.path} no head was trained for classification or regression`);
  const { task } = reading;
  const { contextLength, typeVocab } = base.model.config;
  const reader = { tokenizer: demandTokenizer(base.tokenizer, base.path), contextLength, typeVocab, classes };
  const { material, targets } = await readAnswerRows(reading, reader, signal);
  const { model, head } = classifier;
  return {
    units: { on: material.rows.length, off: 0 },
    work: (arm) =>
      arm === "on"
        ? measureAnswers(() => ({ model, hooks: trained && adapterHooks(trained), head: head.read() }), material)
        : atOnce(() => constantAnswers(targets, classesAsked(task))),
  };
}

/** Work that is done in one piece. */
// biome-ignore lint/correctness/useYield: there is nothing between its beginning and its end
function* atOnce<Result>(make: () => Result): Work<Result> {
  return make();
}
