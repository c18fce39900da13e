import type { TaskKind } from "@/lib/contract/tasks/tasks";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import { evaluateAnswers } from "./evaluate-answers";
import { evaluateDenoising } from "./evaluate-denoising";
import { evaluateText } from "./evaluate-text";
import type { Evaluated, TaskEvaluation } from "./task-evaluation";

/** How each task is evaluated; a kind that lacks it does not compile. */
const evaluations: { readonly [Kind in TaskKind]: TaskEvaluation } = {
  languageModel: evaluateText,
  classification: evaluateAnswers,
  regression: evaluateAnswers,
  denoising: evaluateDenoising,
};

/** @throws FileError where nothing can be evaluated */
export function evaluateTask(evaluated: Evaluated): Promise<object> {
  const { model } = evaluated;
  return evaluations[kindOfModel(model.base).taskOf(model)](evaluated);
}
