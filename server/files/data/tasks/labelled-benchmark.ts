import { type AnswerBenchmarkTask, benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { glueTasks } from "@/lib/numbers/metrics/glue-tasks";
import type { BenchmarkDataOf } from "./benchmark-data";
import { settleAnswers } from "./benchmark-labels";

/** Texts or images with labels, which are the right answers. */
export const labelledBenchmark: BenchmarkDataOf<AnswerBenchmarkTask> = {
  problem({ kind, glue }, mapping) {
    if (mapping !== "labelled" && mapping !== "labelledImage")
      return {
        field: "rows.mapping",
        message:
          "Classification and regression need labels: map one or two text columns and a label column, or an image column and its labels.",
      };
    if (glue === null) return undefined;
    const { title, target } = glueTasks[glue];
    if (target.kind === benchmarkTasks[kind].glueTarget) return undefined;
    const are = target.kind === "score" ? "scores: choose regression" : "classes: choose classification";
    return { field: "task.glue", message: `${title} has ${are}.` };
  },
  columns: () => [],
  checkRow: () => undefined,
  settle: (task, readLabels) => settleAnswers(task, readLabels()),
  reference: () => undefined,
};
