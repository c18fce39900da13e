import { useQuery } from "@tanstack/react-query";
import { useSettled } from "@/components/ui/use-settled";
import { previewQuery } from "@/lib/client/data";
import { previewOf } from "@/lib/contract/tasks/tasks";
import { undecidedRoles } from "./mapping-roles";
import type { RunForm } from "./run-form";

/** Rows of the preview. */
export const previewRows = 3;
const countingMs = 1500;

/**
 * Rows as the loss will see them, with counts over all of them once all are tokenised.
 *
 * @param isReady whether the form has chosen model, data and columns
 * @param from the first row
 */
export function usePreview({ modelId, dataSetId, mapping, useChatTemplate, task, training }: RunForm, isReady: boolean, from = 0) {
  const request = useSettled(
    { modelId, dataSetId, mapping, useChatTemplate, ...previewOf(task), maxTokens: training.maxTokens, from, count: previewRows },
    250,
  );
  const isAsked = modelId !== "" && isReady;
  const preview = useQuery({
    ...previewQuery(request),
    enabled: isAsked && request.modelId !== "" && request.dataSetId !== "" && undecidedRoles(request.mapping).length === 0,
    // The rows come at once, the counts when all rows are tokenised.
    refetchInterval: ({ state }) => (state.data && state.data.labelTokens === null ? countingMs : false),
  });
  return { preview, isAsked };
}
