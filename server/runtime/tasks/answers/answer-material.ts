import { setImmediate as nextRound } from "node:timers/promises";
import { type ColumnMapping, labelColumnOf } from "@/lib/contract/data-set";
import { type AnswerBenchmarkTask, classesAsked } from "@/lib/contract/tasks/benchmark-tasks";
import type { AnswerMaterial, RightAnswers } from "@/server/engine/benchmarks/measure-answers";
import type { AnswerTaskOf, Labels, RowAnswer } from "@/server/engine/tasks/answers/answer-task";
import type { AnsweredRow } from "@/server/engine/tasks/answers/answered-rows";
import { labelOf, tokeniseAnswered } from "@/server/engine/text/answered-rows";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { DataRow } from "@/server/files/data/data-row";
import type { ImageBase } from "@/server/runtime/models/load-base-model";
import { answeredImages } from "@/server/runtime/rows/image-rows";
import type { BenchmarkReading } from "@/server/runtime/tasks/benchmark-work";

type Reading = {
  readonly rows: readonly DataRow[];
  /** Of the rows in their data set. */
  readonly numbers: Int32Array;
  readonly shape: { readonly mapping: ColumnMapping; readonly maxTokens: number };
  readonly task: AnswerBenchmarkTask;
};

type Reader = {
  /** That the head learned. */
  readonly task: AnswerTaskOf;
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly typeVocab: number;
  readonly labels: Labels;
};

/** Rows with their right answers as a head counts them, and as the benchmark does. */
export type AnswerRows = { readonly material: AnswerMaterial; readonly right: RightAnswers };

type ImageReader = Pick<Reader, "task" | "labels"> & { readonly base: ImageBase };

/** As `readAnswerRows`, of images. @throws FileError naming the image that cannot be read; Error for texts */
export async function readAnsweredImages(
  { dataSet, rows, numbers, shape, task: asked }: BenchmarkReading<AnswerBenchmarkTask>,
  { base, task, labels }: ImageReader,
  signal: AbortSignal,
): Promise<AnswerRows> {
  const { mapping, maxTokens, useChatTemplate } = shape;
  const askedLabels = classesAsked(asked) ?? undefined;
  const data = { kind: "dataSet" as const, path: dataSet.path, mapping, useChatTemplate, domains: null, validationRows: 0 };
  const read = await answeredImages(base, task.reader(labels)).texts(dataSet, numbers, { data, maxTokens, signal });
  const targetOf = task.reader(askedLabels);
  const column = labelColumnOf(mapping);
  const targets = rows.map((row) => targetOf(column === undefined ? null : labelOf(row, column)));
  return { material: { task, rows: read, labels }, right: { task, targets, labels: askedLabels } };
}

/** So many rows are tokenised before the event loop comes round: a worker answers requests meanwhile. */
const rowsARound = 64;

/**
 * The rows of a benchmark of classes or numbers as an encoder reads them: of a longer text the beginning, as in training.
 *
 * @throws Error naming the row at fault
 */
export async function readAnswerRows(
  { rows, numbers, shape, task: asked }: Reading,
  reader: Reader,
  signal: AbortSignal,
): Promise<AnswerRows> {
  const { task, tokenizer, contextLength, typeVocab, labels } = reader;
  const maxTokens = Math.min(shape.maxTokens, contextLength);
  const askedLabels = classesAsked(asked) ?? undefined;
  const answerOf = task.reader(labels);
  const targetOf = task.reader(askedLabels);
  const read: AnsweredRow[] = [];
  const targets: RowAnswer[] = [];
  for (const [place, row] of rows.entries()) {
    const rowNumber = numbers[place] ?? place;
    const { ids, tokenTypeIds, label } = tokeniseAnswered(tokenizer, row, shape.mapping, { maxTokens, typeVocab, rowNumber });
    read.push({ ids, tokenTypeIds, answer: answerOf(label) });
    targets.push(targetOf(label));
    if (place % rowsARound !== 0) continue;
    await nextRound();
    signal.throwIfAborted();
  }
  return { material: { task, rows: read, labels }, right: { task, targets, labels: askedLabels } };
}
