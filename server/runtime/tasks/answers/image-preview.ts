import type { PreviewRow } from "@/lib/contract/data-set";
import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import type { DataRow } from "@/server/files/data/data-row";
import type { Counts, RowPreview } from "@/server/runtime/tasks/row-preview";
import { judgeLabels } from "./judged-labels";

/** Labelled images: their labels alone, since no image is decoded before it is trained on. */
export const imagePreview: RowPreview = {
  row: (_tokenizer, ...row) => previewRow(...row),
  count: (_tokenizer, asked) => countImages(asked),
  knownBefore: judgeLabels,
};

function previewRow(columns: DataRow, row: number, { request: { mapping } }: WorkerPreviewRequest): PreviewRow {
  const textOf = (column: string | undefined) => {
    const value = column === undefined ? undefined : columns[column];
    return value === undefined || value === null || value === "" ? null : String(value);
  };
  const label = mapping.kind === "labelledImage" ? textOf(mapping.label) : null;
  return { row, domain: textOf(mapping.domain), tokens: [], isTooLong: false, label, error: null };
}

/** Each image has one label; of labels that cannot be learned from there is none. @throws FileError when the data cannot be read */
async function countImages(asked: WorkerPreviewRequest): Promise<Counts> {
  const judged = await judgeLabels(asked);
  const rows = (judged.trainRows ?? 0) + (judged.validationRows ?? 0);
  return {
    ...judged,
    tokens: rows * asked.request.maxTokens,
    rowsTooLong: 0,
    labelTokens: judged.labelProblem === null ? rows : 0,
    rowsWithoutLabels: 0,
  };
}
