import type { PreviewRow } from "@/lib/contract/data-set";
import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import type { DataRow } from "@/server/files/data/data-row";
import type { Counts, RowPreview } from "@/server/runtime/tasks/row-preview";
import { type JudgedLabels, judgeLabels } from "./judged-labels";

/** Labelled images, for a head that answers. */
export const imagePreview = previewOfImages(judgeLabels);

/** Labelled images: their labels alone, since no image is decoded before it is trained on. @param judge what can be learned from the labels */
export function previewOfImages(judge: (asked: WorkerPreviewRequest) => Promise<JudgedLabels>): RowPreview {
  return {
    row: (_tokenizer, ...row) => previewRow(...row),
    count: async (_tokenizer, asked) => countImages(asked, await judge(asked)),
    knownBefore: judge,
  };
}

function previewRow(columns: DataRow, row: number, { request: { mapping } }: WorkerPreviewRequest): PreviewRow {
  const textOf = (column: string | undefined) => {
    const value = column === undefined ? undefined : columns[column];
    return value === undefined || value === null || value === "" ? null : String(value);
  };
  const label = mapping.kind === "labelledImage" ? textOf(mapping.label) : null;
  return { row, domain: textOf(mapping.domain), tokens: [], isTooLong: false, label, error: null };
}

/** Each image has one label; of labels that cannot be learned from there is none. */
function countImages(asked: WorkerPreviewRequest, judged: JudgedLabels): Counts {
  const rows = (judged.trainRows ?? 0) + (judged.validationRows ?? 0);
  return {
    ...judged,
    tokens: rows * asked.request.maxTokens,
    rowsTooLong: 0,
    labelTokens: judged.labelProblem === null ? rows : 0,
    rowsWithoutLabels: 0,
  };
}
