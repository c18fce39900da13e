import type { AskedOf } from "@/lib/contract/tasks/benchmark";
import type { AnswerBenchmarkTask } from "@/lib/contract/tasks/benchmark-tasks";
import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import { classLabels } from "./classification/class-labels";
import { numberLabels } from "./regression/number-labels";
import type { TaskLabels } from "./task-labels";

/** How each task that a head answers reads its labels; a kind that lacks it does not compile. */
const labels: { readonly [Kind in AnswerTask["kind"]]: TaskLabels<Extract<AnswerTask, { kind: Kind }>, AskedOf<Kind>> } = {
  classification: classLabels,
  regression: numberLabels,
};

export function labelsOfTask({ kind }: Pick<AnswerTask, "kind">): TaskLabels<AnswerTask, AnswerBenchmarkTask> {
  return labels[kind];
}
