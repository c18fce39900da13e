"use client";
import { Select } from "@/components/ui/select";
import type { ClassMetricName, GlueName, NumberMetricName } from "@/lib/contract/benchmark-task";
import { glueTasks } from "@/lib/numbers/metrics/glue-tasks";
import { itemMetrics } from "@/lib/numbers/metrics/item-metrics";
import type { BenchmarkForm } from "./benchmark-form";
import styles from "./benchmarks.module.css";

type AnswerFieldsProps = {
  readonly form: BenchmarkForm;
  readonly change: (changes: Partial<BenchmarkForm>) => void;
  readonly task: "classification" | "regression";
  /** Whether the dataset has MNLI's matched and mismatched rows. */
  readonly hasParts: boolean;
};

const usual = "usual";
const classMetrics: readonly ClassMetricName[] = ["accuracy", "f1", "macroF1", "matthews"];
const numberMetrics: readonly NumberMetricName[] = ["pearson", "spearman", "meanSquaredError"];

/** The metric of a benchmark of classes or numbers, and its GLUE task, if any. */
export function AnswerFields({ form, change, task, hasParts }: AnswerFieldsProps) {
  const metrics = task === "classification" ? classMetrics : numberMetrics;
  const metric = task === "classification" ? form.classMetric : form.numberMetric;
  const glue = form.glue !== null && isOf(form.glue, task) ? form.glue : null;
  const usualMetric = glue === null ? metrics[0] : glueTasks[glue].metrics[0];
  const choose = (name: string) => {
    const chosen = metrics.find((one) => one === name) ?? null;
    if (task === "classification") change({ classMetric: classMetrics.find((one) => one === chosen) ?? null });
    else change({ numberMetric: numberMetrics.find((one) => one === chosen) ?? null });
  };
  return (
    <>
      <div className={styles["fields"]}>
        <Select
          label="Metric"
          field="task.metric"
          hasLabel
          value={metric ?? usual}
          options={[
            { value: usual, label: `${usualMetric === undefined ? "" : itemMetrics[usualMetric].label} (default)` },
            ...metrics.map((name) => ({ value: name, label: itemMetrics[name].label })),
          ]}
          onValueChange={choose}
        />
        <Select
          label="GLUE task"
          field="task.glue"
          hasLabel
          value={glue ?? "none"}
          options={[
            { value: "none", label: "none" },
            ...glueNames.filter((name) => isOf(name, task)).map((name) => ({ value: name, label: glueTasks[name].title })),
          ]}
          onValueChange={(name) => change({ glue: glueNames.find((one) => one === name) ?? null })}
        />
      </div>
      <p className="note">{answerNote(task)}</p>
      {(glue === "mnli" || hasParts) && (
        <p className="note">MNLI is two benchmarks, matched and mismatched, which are never averaged. Add each by its split or domain.</p>
      )}
    </>
  );
}

const glueNames = ["cola", "sst2", "mrpc", "stsb", "qqp", "mnli", "qnli", "rte", "wnli"] as const satisfies readonly GlueName[];

function isOf(name: GlueName, task: AnswerFieldsProps["task"]): boolean {
  return (glueTasks[name].target.kind === "score") === (task === "regression");
}

function answerNote(task: AnswerFieldsProps["task"]): string {
  const constant = "A base model has no head, so runs are compared with a constant answer that ignores the text";
  return task === "classification"
    ? `Compares the predicted class of each row with its label. ${constant}: the most common class, with class frequencies as probabilities.`
    : `Compares the predicted number of each row with its label. ${constant}: the mean over the rows.`;
}
