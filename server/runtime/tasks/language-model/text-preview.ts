import { setImmediate as nextRound } from "node:timers/promises";
import type { PreviewRow } from "@/lib/contract/data-set";
import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import { type DataRow, tokeniseRow } from "@/server/engine/text/rows";
import { tokenTexts } from "@/server/engine/text/stream-decode";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { rowsFilled } from "@/server/engine/training/step-rows";
import { mappedColumns } from "@/server/files/data/mapped-columns";
import { planRows } from "@/server/files/data/row-plan";
import { promptImagesAt } from "@/server/runtime/models/prompt-images";
import { openData } from "@/server/runtime/rows/row-source";
import { labelCount } from "@/server/runtime/rows/token-row";
import { type Counts, type RowPreview, unknownCounts } from "@/server/runtime/tasks/row-preview";

/** Above so many rows nothing is counted: it would hold up what else the worker does. */
const mostCountedRows = 60_000;
const rowsARound = 32;

/** Texts, with the tokens that carry loss. */
export const textPreview: RowPreview = {
  row: (tokenizer, ...row) => previewRow(tokenizer(), ...row),
  count: (tokenizer, asked) => countRows(tokenizer(), asked),
  knownBefore: async () => ({}),
};

function previewRow(tokenizer: Tokenizer, columns: DataRow, row: number, { request, modelPath }: WorkerPreviewRequest): PreviewRow {
  const { mapping, maxTokens, useChatTemplate } = request;
  try {
    const template = useChatTemplate ? "chat" : "plain";
    const images = promptImagesAt(modelPath, tokenizer);
    const { ids, labels, domain, tooLong } = tokeniseRow(tokenizer, columns, mapping, { maxTokens, template, rowNumber: row, images });
    const texts = tokenTexts(tokenizer, [...ids]);
    const tokens = Array.from(ids, (id, at) => ({ id, text: texts[at] ?? "", hasLoss: labels[at] !== -100 }));
    return { row, domain, tokens, isTooLong: tooLong, error: null };
  } catch (error) {
    return { row, domain: null, tokens: [], isTooLong: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function countRows(
  tokenizer: Tokenizer,
  { request, modelPath, dataPath, domains, validationRows }: WorkerPreviewRequest,
): Promise<Counts> {
  const { mapping, maxTokens, useChatTemplate } = request;
  const dataSet = await openData({ path: dataPath, mapping });
  const images = promptImagesAt(modelPath, tokenizer);
  const plan = await planRows(dataSet, mapping, { domains, validationRows });
  const known = { trainRows: plan.train.length, validationRows: plan.validation.length, totalRows: plan.total };
  const wanted = new Set([...plan.train, ...plan.validation]);
  if (wanted.size > mostCountedRows) return { ...unknownCounts(plan.total), ...known };
  const template = useChatTemplate ? "chat" : "plain";
  const trained = new Set(plan.train);
  const trainedLengths: number[] = [];
  const sums = { labelTokens: 0, tokens: 0, rowsWithoutLabels: 0, rowsTooLong: 0 };
  let row = -1;
  for await (const columns of dataSet.rows({ columns: mappedColumns(mapping) })) {
    row += 1;
    if (!wanted.has(row)) continue;
    const { ids, labels, tooLong } = tokeniseRow(tokenizer, columns, mapping, { maxTokens, template, rowNumber: row, images });
    const labelled = labelCount({ labels });
    sums.labelTokens += labelled;
    sums.tokens += ids.length;
    if (trained.has(row)) trainedLengths.push(ids.length);
    sums.rowsWithoutLabels += labelled === 0 ? 1 : 0;
    sums.rowsTooLong += tooLong ? 1 : 0;
    if (row % rowsARound === 0) await nextRound();
  }
  return { ...sums, ...known, packedRows: rowsFilled(trainedLengths, maxTokens) };
}
