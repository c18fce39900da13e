import { latentName, operationAndValue, scopeWords } from "@/components/latents/edit-words";
import { isLatentEdit } from "@/components/steering/edit-change";
import type { Edit } from "@/lib/contract/edit";
import { formatSignificant } from "@/lib/numbers/format";
import { type EditContext, modulesOf } from "./edit-context";

/** What a closed card says about its edit: `scale × 2.00, generated, if L5 v_proj #3 > 1`. */
export function editSummary(edit: Edit, context: Pick<EditContext, "method" | "collection" | "reads">): string {
  const condition = "onlyIf" in edit ? edit.onlyIf : undefined;
  return [
    operationAndValue(edit, context.method),
    scopeWords(edit.scope, context.reads === "patches"),
    ...(edit.skipsSpecialTokens === true ? ["no special tokens"] : []),
    ...(isLatentEdit(edit) && edit.onlyIfFiring === true ? ["if it fires"] : []),
    ...(condition === undefined ? [] : [`if ${latentName(condition.latent, modulesOf(context))} > ${formatSignificant(condition.above)}`]),
  ].join(", ");
}
