import type { PreviewInput } from "@/lib/contract/api";
import { previewOf } from "@/lib/contract/tasks/tasks";
import { undecidedRoles } from "./mapping-roles";
import type { RunForm } from "./run-form";

/** Rows of the preview. */
export const previewRows = 3;

/** Asks for rows as the loss will see them. @param from the first row */
export function previewRequest({ modelId, dataSetId, mapping, useChatTemplate, task, training }: RunForm, from = 0): PreviewInput {
  return { modelId, dataSetId, mapping, useChatTemplate, ...previewOf(task), maxTokens: training.maxTokens, from, count: previewRows };
}

/** Whether a request names what a worker needs. */
export function isWholeRequest({ modelId, dataSetId, mapping }: Pick<RunForm, "modelId" | "dataSetId" | "mapping">): boolean {
  return modelId !== "" && dataSetId !== "" && undecidedRoles(mapping).length === 0;
}
