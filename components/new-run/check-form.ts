import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import type { ModelSummary } from "@/lib/contract/model";
import { formatInteger } from "@/lib/numbers/format";
import { isForUse, type RowUse, rowUseFor } from "./guess-mapping";
import { undecidedRoles } from "./mapping-roles";
import { choosesTargets, type RunForm } from "./run-form";
import { targetedProjections } from "./target-names";

/** What to do where rows are not for the model. */
const wanted: Readonly<Record<RowUse, string>> = {
  texts: "Choose what the rows are.",
  textsWithImages: "Choose what the rows are.",
  labelledTexts: "Choose which columns hold text and label.",
  labelledImages: "Choose a dataset of images, with a label for each.",
};

/** Why the form cannot be started yet, each with what to do; empty when it can. The server checks again. */
export function checkForm(form: RunForm, model: ModelSummary | undefined, hasDataSet: boolean): string[] {
  if (!model) return ["Choose a base model."];
  const problems: string[] = [];
  if (!hasDataSet) problems.push("Choose a training dataset.");
  if (choosesTargets(form) && targetedProjections(model, form.modules).length === 0) problems.push("Choose at least one target module.");
  if (choosesTargets(form) && form.layers?.length === 0) problems.push("Choose at least one layer.");
  problems.push(...chosenMethods(form).flatMap((method) => formMethodOf({ method }).problemOf(form, model) ?? []));
  if (form.training.maxTokens > model.contextLength) {
    problems.push(`${model.name} reads at most ${formatInteger(model.contextLength)} tokens. Lower the length.`);
  }
  const use = rowUseFor(form.task, model);
  if (!isForUse(form.mapping.kind, use)) problems.push(wanted[use]);
  if (hasDataSet) problems.push(...undecidedRoles(form.mapping).map(({ label }) => `Choose the column of the ${label.toLowerCase()}.`));
  if (form.useChatTemplate && !model.hasChatTemplate) problems.push(`${model.name} has no chat template. Switch it off.`);
  return problems;
}
