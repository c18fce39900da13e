import type { PreviewRequest } from "@/lib/contract/data-set";
import type { TaskKind } from "@/lib/contract/tasks/tasks";
import { answerPreview } from "./answers/answer-preview";
import { textPreview } from "./language-model/text-preview";
import type { RowPreview } from "./row-preview";

/** How the rows of each task are shown; a kind that lacks it does not compile. */
const previews: { readonly [Kind in TaskKind]: RowPreview } = {
  languageModel: textPreview,
  classification: answerPreview,
  regression: answerPreview,
};

export function previewFor({ task }: PreviewRequest): RowPreview {
  return previews[task ?? "languageModel"];
}
