import { numberMetricName } from "@/lib/contract/benchmark-names";
import type { AskedOf } from "@/lib/contract/tasks/benchmark";
import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import type { GlueTask } from "@/lib/numbers/metrics/glue-tasks";
import { readTargets } from "@/server/files/data/label-plan";
import { glueMetricOf, type TaskLabels, type WrittenLabel } from "@/server/files/data/tasks/task-labels";

/** Numbers as they are written. */
export const numberLabels: TaskLabels<Extract<AnswerTask, { kind: "regression" }>, AskedOf<"regression">> = {
  check(path, labels) {
    readTargets(path, labels);
    return null;
  },
  settle(task, labels, glue) {
    checkNumbers(labels, glue);
    return { ...task, metric: task.metric ?? glueMetricOf(glue, numberMetricName) ?? "pearson" };
  },
};

/** @throws Error for a label that is no number or beyond GLUE's range, and where all are one */
function checkNumbers(labels: readonly WrittenLabel[], glue: GlueTask | undefined): void {
  const broken = labels.find(({ label }) => label.trim() === "" || !Number.isFinite(Number(label)));
  if (broken !== undefined) throw new Error(`row ${broken.row} has the label ${JSON.stringify(broken.label)}, which is not a number`);
  if (glue?.target.kind === "score") {
    const [low, high] = glue.target.range;
    const outside = labels.find(({ label }) => Number(label) < low || Number(label) > high);
    if (outside !== undefined)
      throw new Error(`row ${outside.row} has the label ${outside.label}, but ${glue.title} has scores of ${low} to ${high}`);
  }
  if (new Set(labels.map(({ label }) => Number(label))).size < 2)
    throw new Error(`all rows have the number ${labels[0]?.label ?? ""}: there is nothing to predict`);
}
