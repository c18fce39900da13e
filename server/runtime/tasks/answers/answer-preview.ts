import { setImmediate as nextRound } from "node:timers/promises";
import type { PreviewRow } from "@/lib/contract/data-set";
import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import { tokeniseAnswered } from "@/server/engine/text/answered-rows";
import type { DataRow } from "@/server/engine/text/rows";
import { tokenTexts } from "@/server/engine/text/stream-decode";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { rowsFilled } from "@/server/engine/training/step-rows";
import { openDataSet } from "@/server/files/data/data-set";
import { mappedColumns } from "@/server/files/data/mapped-columns";
import { planRows } from "@/server/files/data/row-plan";
import type { Counts, RowPreview } from "@/server/runtime/tasks/row-preview";
import { judgeLabels } from "./judged-labels";

const rowsARound = 32;
/** Segments are not shown, so a row is laid as a model that tells two apart reads it. */
const typeVocab = 2;

/** Labelled texts. Labels are read faster than texts are tokenised, and a run is refused for them alone. */
export const answerPreview: RowPreview = {
  row: (tokenizer, ...row) => answeredPreviewRow(tokenizer(), ...row),
  count: (tokenizer, asked) => countAnswered(tokenizer(), asked),
  knownBefore: judgeLabels,
};

/** A row as an encoder reads it, with its label: it is the label that carries loss, no token does. */
function answeredPreviewRow(tokenizer: Tokenizer, columns: DataRow, row: number, asked: WorkerPreviewRequest): PreviewRow {
  const { mapping, maxTokens } = asked.request;
  try {
    const read = tokeniseAnswered(tokenizer, columns, mapping, { maxTokens, typeVocab, rowNumber: row });
    const ids = [...read.ids];
    const texts = tokenTexts(tokenizer, ids);
    const tokens = ids.map((id, at) => ({ id, text: textOf(tokenizer, id, texts[at] ?? ""), hasLoss: false }));
    return { row, domain: read.domain, tokens, isTooLong: read.tooLong, label: read.label, error: null };
  } catch (error) {
    return { row, domain: null, tokens: [], isTooLong: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Special tokens, which decoding leaves out of a text, are shown by name. */
function textOf(tokenizer: Tokenizer, id: number, text: string): string {
  return tokenizer.isSpecial(id) ? tokenizer.tokenText(id) : text;
}

/** Counts the tokens of all rows; of a label that cannot be learned from there is none. @throws FileError when the data cannot be read */
async function countAnswered(tokenizer: Tokenizer, asked: WorkerPreviewRequest): Promise<Counts> {
  const { request, dataPath, domains, validationRows } = asked;
  const { mapping, maxTokens } = request;
  const dataSet = openDataSet(dataPath);
  const plan = await planRows(dataSet, mapping, { domains, validationRows });
  const judged = await judgeLabels(asked);
  const wanted = new Set([...plan.train, ...plan.validation]);
  const trained = new Set(plan.train);
  const trainedLengths: number[] = [];
  const sums = { tokens: 0, rowsTooLong: 0 };
  let row = -1;
  for await (const columns of dataSet.rows({ columns: mappedColumns(mapping) })) {
    row += 1;
    if (!wanted.has(row)) continue;
    const { ids, tooLong } = tokeniseAnswered(tokenizer, columns, mapping, { maxTokens, typeVocab, rowNumber: row });
    sums.tokens += ids.length;
    if (trained.has(row)) trainedLengths.push(ids.length);
    sums.rowsTooLong += tooLong ? 1 : 0;
    if (row % rowsARound === 0) await nextRound();
  }
  return {
    ...judged,
    ...sums,
    labelTokens: judged.labelProblem === null ? wanted.size : 0,
    rowsWithoutLabels: 0,
    packedRows: rowsFilled(trainedLengths, maxTokens),
  };
}
