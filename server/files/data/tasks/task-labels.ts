import type { z } from "zod";
import type { AnswerBenchmarkTask } from "@/lib/contract/tasks/benchmark-tasks";
import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import type { GlueTask } from "@/lib/numbers/metrics/glue-tasks";
import type { ClassPlan, PlannedLabels } from "@/server/files/data/label-plan";

/** A label of a row that is read, as it is written, with the row's number and its split where the data says it. */
export type WrittenLabel = { readonly label: string; readonly row: number; readonly split: string | undefined };

/** How a task that a head answers reads its labels. */
export type TaskLabels<Task extends AnswerTask, Asked extends AnswerBenchmarkTask> = {
  /**
   * Whether it can learn these labels.
   *
   * @returns the classes, where there are any
   * @throws FileError saying what is wrong with the labels
   */
  check(path: string, labels: PlannedLabels, task: Task): ClassPlan | null;
  /** A benchmark's task with its classes and its metric settled by the labels of its rows. @throws Error saying what is wrong with them and what to do */
  settle(task: Asked, labels: readonly WrittenLabel[], glue: GlueTask | undefined): Asked;
};

/** The metric that a task of GLUE is read by, where it is one of these. */
export function glueMetricOf<Name>(glue: GlueTask | undefined, names: z.ZodType<Name>): Name | undefined {
  return names.safeParse(glue?.metrics[0]).data;
}
