import { setImmediate as nextRound } from "node:timers/promises";
import type { BenchmarkRows } from "@/lib/contract/benchmark";
import type { AnswerForm } from "@/lib/contract/benchmark-names";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { AnswerBenchmarkTask } from "@/lib/contract/tasks/benchmark-tasks";
import { isExactMatch, isNormalisedMatch, isSameNumber } from "@/lib/numbers/metrics/answers";
import type { BenchmarkMaterial, ChoiceRow, CompletionRow } from "@/server/engine/benchmarks/benchmark-material";
import type { LabelledRow } from "@/server/engine/models/row-batches";
import { renderChat } from "@/server/engine/text/chat";
import { choiceTokens } from "@/server/engine/text/choice-tokens";
import { noLoss, questionText, tokeniseRow } from "@/server/engine/text/rows";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { choicesOf } from "@/server/files/data/choice-row";
import type { DataRow } from "@/server/files/data/data-row";
import { referenceOf } from "@/server/files/data/row-texts";
import { labelCount } from "@/server/runtime/rows/token-row";

type Reading = {
  readonly rows: readonly DataRow[];
  /** Of the rows in their data set. */
  readonly numbers: Int32Array;
  readonly shape: BenchmarkRows;
  readonly task: Exclude<BenchmarkTask, AnswerBenchmarkTask>;
};

/** What a tokenizer makes of rows. */
type Reader = { readonly tokenizer: Tokenizer; readonly shape: BenchmarkRows; readonly maxTokens: number };

/** So many rows are tokenised before the event loop comes round: a worker answers requests meanwhile. */
const rowsARound = 64;

/**
 * The rows of a benchmark as a model reads them. Rows without a label token are left out; so are those that `maxTokens` or the model's
 * context would cut, but for plain texts, of which the beginning is read.
 *
 * @throws Error naming the row at fault, or saying that none is left
 */
export async function readBenchmarkMaterial(
  { rows, numbers, shape, task }: Reading,
  { tokenizer, contextLength }: { readonly tokenizer: Tokenizer; readonly contextLength: number },
  signal: AbortSignal,
): Promise<BenchmarkMaterial> {
  const reader = { tokenizer, shape, maxTokens: Math.min(shape.maxTokens, contextLength) };
  switch (task.kind) {
    case "languageModel":
      return { kind: "languageModel", rows: await readAll(rows, numbers, reader, signal, (row, number) => textRow(reader, row, number)) };
    case "completion": {
      const { maxNewTokens, stop, answer } = task;
      const read = await readAll(rows, numbers, reader, signal, (row, number) => completionRow(reader, row, number, task));
      return { kind: "completion", rows: read, maxNewTokens, stop, isRight: matchOf(answer) };
    }
    case "choice":
      return { kind: "choice", rows: await readAll(rows, numbers, reader, signal, (row) => choiceRow(reader, row, task)) };
  }
}

/** A row, or why it is left out. */
type Read<Row> = Row | "tooLong" | "unlabelled";

async function readAll<Row extends object>(
  rows: readonly DataRow[],
  numbers: Int32Array,
  { maxTokens }: Reader,
  signal: AbortSignal,
  read: (row: DataRow, number: number) => Read<Row>,
): Promise<(Row | null)[]> {
  const found: Read<Row>[] = [];
  for (const [place, row] of rows.entries()) {
    const number = numbers[place] ?? place;
    try {
      found.push(read(row, number));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new Error(message.startsWith(`row ${number}`) ? message : `row ${number}: ${message}`, { cause });
    }
    if (place % rowsARound !== 0) continue;
    await nextRound();
    signal.throwIfAborted();
  }
  if (found.every((row) => typeof row === "string")) {
    const tooLong = found.filter((row) => row === "tooLong").length;
    throw new Error(
      tooLong === 0
        ? `none of ${found.length} rows has a label token within ${maxTokens} tokens`
        : `all ${found.length} rows are excluded: ${tooLong} have more than ${maxTokens} tokens. Make a benchmark of shorter rows, or with more tokens a row`,
    );
  }
  return found.map((row) => (typeof row === "string" ? null : row));
}

function textRow({ tokenizer, shape, maxTokens }: Reader, row: DataRow, number: number): Read<LabelledRow> {
  const template = shape.useChatTemplate ? "chat" : "plain";
  const { ids, labels, tooLong } = tokeniseRow(tokenizer, row, shape.mapping, { maxTokens, template, rowNumber: number });
  if (tooLong && shape.mapping.kind !== "text") return "tooLong";
  return labelCount({ labels }) === 0 ? "unlabelled" : { ids, labels };
}

/** In a chat with several answers, the last one is evaluated. */
function completionRow(reader: Reader, row: DataRow, number: number, task: BenchmarkTask): Read<CompletionRow> {
  const read = textRow(reader, row, number);
  if (typeof read === "string") return read;
  const { ids, labels } = read;
  const end = labels.findLastIndex((label) => label !== noLoss) + 1;
  const from = labels.subarray(0, end).lastIndexOf(noLoss) + 1;
  const own = labels.map((label, at) => (at >= from ? label : noLoss));
  return { labelled: { ids, labels: own }, prompt: ids.slice(0, from), reference: referenceOf(row, reader.shape.mapping, task) ?? "" };
}

function choiceRow(
  { tokenizer, shape, maxTokens }: Reader,
  row: DataRow,
  task: Extract<BenchmarkTask, { kind: "choice" }>,
): Read<ChoiceRow> {
  const { texts, answer } = choicesOf(row, task);
  const { useChatTemplate } = shape;
  const asked = questionText(row, shape.mapping, useChatTemplate ? "chat" : "plain");
  const question = useChatTemplate ? renderChat(tokenizer, [{ role: "user", content: asked }], { addGenerationPrompt: true }) : asked;
  const separator = useChatTemplate ? "" : " ";
  const tokens = choiceTokens(tokenizer, question, texts, { addSpecialTokens: !useChatTemplate, separator });
  if (tokens.some(({ ids }) => ids.length > maxTokens)) return "tooLong";
  return { choices: tokens.map((labelled, place) => ({ text: texts[place] ?? "", labelled })), answer };
}

function matchOf(form: AnswerForm): (answer: string, reference: string) => boolean {
  switch (form) {
    case "number":
      return isSameNumber;
    case "normalised":
      return (answer, reference) => isNormalisedMatch(answer, [reference]);
    case "exact":
      return (answer, reference) => isExactMatch(answer, [reference]);
  }
}
