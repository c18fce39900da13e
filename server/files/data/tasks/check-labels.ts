import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import { type ClassPlan, type PlannedLabels, planClasses, readTargets } from "@/server/files/data/label-plan";

type LabelsOf<Task extends AnswerTask> = { check(path: string, labels: PlannedLabels, task: Task): ClassPlan | null };

const labelsOf: { readonly [Kind in AnswerTask["kind"]]: LabelsOf<Extract<AnswerTask, { kind: Kind }>> } = {
  classification: { check: (path, labels, task) => planClasses(path, labels, task.labels) },
  regression: {
    check(path, labels) {
      readTargets(path, labels);
      return null;
    },
  },
};

/**
 * Whether a task can learn these labels.
 *
 * @returns the classes, where there are any
 * @throws FileError saying what is wrong with the labels
 */
export function checkLabels(path: string, labels: PlannedLabels, task: AnswerTask): ClassPlan | null {
  const own: LabelsOf<AnswerTask> = labelsOf[task.kind];
  return own.check(path, labels, task);
}
