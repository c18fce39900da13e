import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import type { AnswerTaskOf } from "./answers/answer-task";
import { classification } from "./classification/classification";
import { regression } from "./regression/regression";

/** Every task that a head answers; a kind that lacks a part does not compile. */
const answerTasks: { readonly [Kind in AnswerTask["kind"]]: AnswerTaskOf } = { classification, regression };

export function answerTask({ kind }: Pick<AnswerTask, "kind">): AnswerTaskOf {
  return answerTasks[kind];
}
