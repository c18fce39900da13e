import { statSync } from "node:fs";
import { setImmediate as nextRound, setTimeout as sleep } from "node:timers/promises";
import type { Preview, PreviewRow } from "@/lib/contract/data-set";
import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import { type DataRow, tokeniseRow } from "@/server/engine/text/rows";
import { tokenTexts } from "@/server/engine/text/stream-decode";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { openDataSet, takeRows } from "@/server/files/data/data-set";
import { mappedColumns } from "@/server/files/data/mapped-columns";
import { planRows } from "@/server/files/data/row-plan";
import { loadTokenizer } from "@/server/runtime/models/load-tokenizer";
import { type AnswerCounts, answeredPreviewRow, countAnswered, judgeLabels } from "./preview-answers";
import { labelCount } from "./token-row";

/** Answers wait this long for the counts over all rows; what takes longer is there at the next question. */
const patienceMs = 1200;
/** Above so many rows nothing is counted: it would hold up what else the worker does. */
const mostCountedRows = 60_000;
const rowsARound = 32;
const kept = 8;

type Counts = AnswerCounts;

/** Shows rows of a data set token by token, as training would read them, and counts them all in the background. */
export class RowPreviews {
  readonly #tokenizers = new Map<string, Tokenizer>();
  readonly #counts = new Map<string, Promise<Counts>>();

  /** @throws FileError naming the file and the row at fault; Error when the model has no tokenizer */
  async show(asked: WorkerPreviewRequest): Promise<Preview> {
    const { request, modelPath, dataPath } = asked;
    const tokenizer = this.#tokenizer(modelPath);
    const shown = await takeRows(openDataSet(dataPath), request.from, request.count);
    const showRow = request.task === undefined ? previewRow : answeredPreviewRow;
    const rows = shown.map((columns, place) => showRow(tokenizer, columns, request.from + place, asked));
    const counts = await within(patienceMs, this.#count(tokenizer, asked));
    if (counts !== undefined || request.task === undefined) return { rows, ...(counts ?? unknown(request.from + shown.length)) };
    // Labels are read faster than texts are tokenised, and a run is refused for them alone.
    return { rows, ...unknown(request.from + shown.length), ...(await judgeLabels(asked)) };
  }

  #tokenizer(path: string): Tokenizer {
    const key = `${path} ${modifiedAt(path)}`;
    const known = this.#tokenizers.get(key);
    if (known !== undefined) return known;
    const tokenizer = loadTokenizer(path);
    keepNewest(this.#tokenizers, key, tokenizer);
    return tokenizer;
  }

  #count(tokenizer: Tokenizer, asked: WorkerPreviewRequest): Promise<Counts> {
    const { from: _from, count: _count, ...shape } = asked.request;
    const key = JSON.stringify([asked.modelPath, asked.dataPath, modifiedAt(asked.dataPath), shape, asked.domains, asked.validationRows]);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const counting = asked.request.task === undefined ? countRows(tokenizer, asked) : countAnswered(tokenizer, asked);
    keepNewest(this.#counts, key, counting);
    // A failure is told to whoever asks now, and tried again by who asks later.
    counting.catch(() => this.#counts.delete(key));
    return counting;
  }
}

function previewRow(tokenizer: Tokenizer, columns: DataRow, row: number, { request }: WorkerPreviewRequest): PreviewRow {
  const { mapping, maxTokens, useChatTemplate } = request;
  try {
    const template = useChatTemplate ? "chat" : "plain";
    const { ids, labels, domain, tooLong } = tokeniseRow(tokenizer, columns, mapping, { maxTokens, template, rowNumber: row });
    const texts = tokenTexts(tokenizer, [...ids]);
    const tokens = Array.from(ids, (id, at) => ({ id, text: texts[at] ?? "", hasLoss: labels[at] !== -100 }));
    return { row, domain, tokens, isTooLong: tooLong, error: null };
  } catch (error) {
    return { row, domain: null, tokens: [], isTooLong: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function countRows(tokenizer: Tokenizer, { request, dataPath, domains, validationRows }: WorkerPreviewRequest): Promise<Counts> {
  const { mapping, maxTokens, useChatTemplate } = request;
  const dataSet = openDataSet(dataPath);
  const plan = await planRows(dataSet, mapping, { domains, validationRows });
  const known = { trainRows: plan.train.length, validationRows: plan.validation.length, totalRows: plan.total };
  const wanted = new Set([...plan.train, ...plan.validation]);
  if (wanted.size > mostCountedRows) return { ...unknown(plan.total), ...known };
  const template = useChatTemplate ? "chat" : "plain";
  const sums = { labelTokens: 0, tokens: 0, rowsWithoutLabels: 0, rowsTooLong: 0 };
  let row = -1;
  for await (const columns of dataSet.rows({ columns: mappedColumns(mapping) })) {
    row += 1;
    if (!wanted.has(row)) continue;
    const { ids, labels, tooLong } = tokeniseRow(tokenizer, columns, mapping, { maxTokens, template, rowNumber: row });
    const labelled = labelCount({ labels });
    sums.labelTokens += labelled;
    sums.tokens += ids.length;
    sums.rowsWithoutLabels += labelled === 0 ? 1 : 0;
    sums.rowsTooLong += tooLong ? 1 : 0;
    if (row % rowsARound === 0) await nextRound();
  }
  return { ...sums, ...known };
}

function unknown(totalRows: number): Counts {
  return { labelTokens: null, tokens: null, rowsWithoutLabels: null, rowsTooLong: null, trainRows: null, validationRows: null, totalRows };
}

/** Undefined when the time is up first. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const answered = new AbortController();
  const timeout = sleep(ms, undefined, { signal: answered.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    answered.abort();
  }
}

function keepNewest<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > kept && oldest !== undefined) map.delete(oldest);
}

/** 0 where there is nothing: reading it says so better. */
function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
