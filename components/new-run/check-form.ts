import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import type { ModelSummary } from "@/lib/contract/model";
import { isAnswerTask } from "@/lib/contract/tasks/tasks";
import { formatInteger } from "@/lib/numbers/format";
import { undecidedRoles } from "./mapping-roles";
import { choosesTargets, type RunForm } from "./run-form";
import { targetedProjections } from "./target-names";

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
  if (isAnswerTask(form.task) && form.mapping.kind !== "labelled") problems.push("Choose which columns hold text and label.");
  if (!isAnswerTask(form.task) && form.mapping.kind === "labelled") problems.push("Choose what the rows are.");
  if (hasDataSet) problems.push(...undecidedRoles(form.mapping).map(({ label }) => `Choose the column of the ${label.toLowerCase()}.`));
  if (form.useChatTemplate && !model.hasChatTemplate) problems.push(`${model.name} has no chat template. Switch it off.`);
  return problems;
}
