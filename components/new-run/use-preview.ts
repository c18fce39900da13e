import { useQuery } from "@tanstack/react-query";
import { useSettled } from "@/components/ui/use-settled";
import { previewQuery } from "@/lib/client/data";
import { isWholeRequest, previewRequest } from "./preview-request";
import type { RunForm } from "./run-form";

const countingMs = 1500;

/**
 * Rows as the loss will see them, with counts over all of them once all are tokenised.
 *
 * @param isReady whether the form has chosen model, data and columns
 * @param from the first row
 */
export function usePreview(form: RunForm, isReady: boolean, from = 0) {
  const request = useSettled(previewRequest(form, from), 250);
  const isAsked = form.modelId !== "" && isReady;
  const preview = useQuery({
    ...previewQuery(request),
    enabled: isAsked && isWholeRequest(request),
    // The rows come at once, the counts when all rows are tokenised.
    refetchInterval: ({ state }) => (state.data && state.data.labelTokens === null ? countingMs : false),
  });
  return { preview, isAsked };
}
