"use client";
import { Select } from "@/components/ui/select";
import { type ClassMetricName, type GlueName, glueName, type NumberMetricName } from "@/lib/contract/benchmark-names";
import { type AnswerBenchmarkTask, benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { glueTasks } from "@/lib/numbers/metrics/glue-tasks";
import { itemMetrics } from "@/lib/numbers/metrics/item-metrics";
import type { BenchmarkForm } from "./benchmark-form";

type AnswerFieldsProps<Name extends ClassMetricName | NumberMetricName> = {
  readonly form: BenchmarkForm;
  readonly task: AnswerBenchmarkTask["kind"];
  /** The first is the default. */
  readonly metrics: readonly Name[];
  readonly metric: Name | null;
  readonly onMetric: (metric: Name | null) => void;
  readonly onGlue: (glue: GlueName | null) => void;
  /** Whether the dataset has MNLI's matched and mismatched rows. */
  readonly hasParts: boolean;
};

const usual = "usual";

/** The metric of a benchmark of classes or numbers, and its GLUE task, if any. */
export function AnswerFields<Name extends ClassMetricName | NumberMetricName>(props: AnswerFieldsProps<Name>) {
  const { form, task, metrics, metric, onMetric, onGlue, hasParts } = props;
  const ofTask = glueName.options.filter((name) => glueTasks[name].target.kind === benchmarkTasks[task].glueTarget);
  const glue = ofTask.find((name) => name === form.glue) ?? null;
  const usualMetric = glue === null ? metrics[0] : glueTasks[glue].metrics[0];
  return (
    <>
      <div className="fields">
        <Select
          label="Metric"
          field="task.metric"
          hasLabel
          value={metric ?? usual}
          options={[
            { value: usual, label: `${usualMetric === undefined ? "" : itemMetrics[usualMetric].label} (default)` },
            ...metrics.map((name) => ({ value: name, label: itemMetrics[name].label })),
          ]}
          onValueChange={(name) => onMetric(metrics.find((one) => one === name) ?? null)}
        />
        <Select
          label="GLUE task"
          field="task.glue"
          hasLabel
          value={glue ?? "none"}
          options={[{ value: "none", label: "none" }, ...ofTask.map((name) => ({ value: name, label: glueTasks[name].title }))]}
          onValueChange={(name) => onGlue(glueName.options.find((one) => one === name) ?? null)}
        />
      </div>
      <p className="note">{benchmarkTasks[task].formNote}</p>
      {(glue === "mnli" || hasParts) && (
        <p className="note">MNLI is two benchmarks, matched and mismatched, which are never averaged. Add each by its split or domain.</p>
      )}
    </>
  );
}
