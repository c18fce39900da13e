import { setImmediate as nextRound } from "node:timers/promises";
import type { AnswerBenchmarkTask } from "@/lib/contract/benchmark-task";
import type { ColumnMapping } from "@/lib/contract/data-set";
import { classesAsked } from "@/lib/contract/tasks/benchmark-tasks";
import type { AnswerMaterial } from "@/server/engine/benchmarks/measure-answers";
import type { AnsweredRow } from "@/server/engine/models/encoders/answered-rows";
import { answerTask } from "@/server/engine/tasks/answer-tasks";
import { tokeniseAnswered } from "@/server/engine/text/answered-rows";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { DataRow } from "@/server/files/data/data-row";

type Reading = {
  readonly rows: readonly DataRow[];
  /** Of the rows in their data set. */
  readonly numbers: Int32Array;
  readonly shape: { readonly mapping: ColumnMapping; readonly maxTokens: number };
  readonly task: AnswerBenchmarkTask;
};

type Reader = {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly typeVocab: number;
  /** Names of the head's classes, by number; undefined of a regression. */
  readonly classes: readonly string[] | undefined;
};

/** Rows with their right answers as a head counts them, and as the benchmark does. */
export type AnswerRows = { readonly material: AnswerMaterial; readonly targets: Float64Array };

/** So many rows are tokenised before the event loop comes round: a worker answers requests meanwhile. */
const rowsARound = 64;

/**
 * The rows of a benchmark of classes or numbers as an encoder reads them: of a longer text the beginning, as in training.
 *
 * @throws Error naming the row at fault
 */
export async function readAnswerRows({ rows, numbers, shape, task }: Reading, reader: Reader, signal: AbortSignal): Promise<AnswerRows> {
  const { tokenizer, contextLength, typeVocab } = reader;
  const maxTokens = Math.min(shape.maxTokens, contextLength);
  const asked = classesAsked(task);
  const classes = asked === null ? null : (reader.classes ?? []);
  const { reader: readerOf } = answerTask(task);
  const answerOf = readerOf(classes ?? undefined);
  const targetOf = readerOf(asked ?? undefined);
  const read: AnsweredRow[] = [];
  const targets = new Float64Array(rows.length);
  for (const [place, row] of rows.entries()) {
    const rowNumber = numbers[place] ?? place;
    const { ids, tokenTypeIds, label } = tokeniseAnswered(tokenizer, row, shape.mapping, { maxTokens, typeVocab, rowNumber });
    read.push({ ids, tokenTypeIds, answer: answerOf(label) });
    targets[place] = targetOf(label);
    if (place % rowsARound !== 0) continue;
    await nextRound();
    signal.throwIfAborted();
  }
  return { material: { rows: read, classes }, targets };
}
