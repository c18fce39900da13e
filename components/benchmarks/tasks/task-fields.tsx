"use client";
import type { ReactNode } from "react";
import { AnswerFields } from "@/components/benchmarks/answer-fields";
import type { BenchmarkForm } from "@/components/benchmarks/benchmark-form";
import { hasMnliParts } from "@/components/benchmarks/benchmark-request";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { TextArea } from "@/components/ui/text-field";
import { type AnswerForm, classMetricName, numberMetricName } from "@/lib/contract/benchmark-names";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { DataSetSummary } from "@/lib/contract/data-set";

type TaskFieldsProps = {
  readonly form: BenchmarkForm;
  readonly change: (changes: Partial<BenchmarkForm>) => void;
  readonly dataSet: DataSetSummary | undefined;
};

const answers: { value: AnswerForm; label: string }[] = [
  { value: "number", label: "last number, by value" },
  { value: "normalised", label: "normalised text" },
  { value: "exact", label: "exact text" },
];

/** The settings of each kind of benchmark. */
const fields: { readonly [Kind in BenchmarkTask["kind"]]: (props: TaskFieldsProps) => ReactNode } = {
  languageModel: () => <p className="note">Cross-entropy of the label tokens: the whole text, or the completion after a prompt.</p>,
  completion: CompletionFields,
  choice: ChoiceFields,
  classification: ({ form, change, dataSet }) => (
    <AnswerFields
      form={form}
      task="classification"
      metrics={classMetricName.options}
      metric={form.classMetric}
      onMetric={(classMetric) => change({ classMetric })}
      onGlue={(glue) => change({ glue })}
      hasParts={dataSet !== undefined && hasMnliParts(form, dataSet)}
    />
  ),
  regression: ({ form, change, dataSet }) => (
    <AnswerFields
      form={form}
      task="regression"
      metrics={numberMetricName.options}
      metric={form.numberMetric}
      onMetric={(numberMetric) => change({ numberMetric })}
      onGlue={(glue) => change({ glue })}
      hasParts={dataSet !== undefined && hasMnliParts(form, dataSet)}
    />
  ),
};

export function TaskFields(props: TaskFieldsProps) {
  const Fields = fields[props.form.task];
  return <Fields {...props} />;
}

function CompletionFields({ form, change }: TaskFieldsProps) {
  return (
    <div className="fields">
      <Select
        label="Answer matching"
        field="task"
        hasLabel
        value={form.answer}
        options={answers}
        onValueChange={(answer) => change({ answer })}
      />
      <NumberField
        label="Max new tokens"
        field="task.maxNewTokens"
        value={form.maxNewTokens}
        min={1}
        max={1024}
        onValueChange={(maxNewTokens) => change({ maxNewTokens })}
      />
      <TextArea
        label="Stop strings"
        field="task.stop"
        rows={2}
        value={form.stop}
        placeholder={"\\n\\n"}
        hint="One per line, up to four; \n is a line break"
        onValueChange={(stop) => change({ stop })}
      />
    </div>
  );
}

function ChoiceFields({ form, change, dataSet }: TaskFieldsProps) {
  return (
    <div className="fields">
      <ColumnField
        label="Choices"
        field="task.choices"
        value={form.choicesColumn}
        dataSet={dataSet}
        onColumn={(choicesColumn) => change({ choicesColumn })}
      />
      <ColumnField
        label="Correct-answer column"
        field="task.answer"
        value={form.answerColumn}
        dataSet={dataSet}
        onColumn={(answerColumn) => change({ answerColumn })}
      />
    </div>
  );
}

type ColumnFieldProps = {
  readonly label: string;
  readonly field: string;
  readonly value: string;
  readonly dataSet: DataSetSummary | undefined;
  readonly onColumn: (column: string) => void;
};

function ColumnField({ label, field, value, dataSet, onColumn }: ColumnFieldProps) {
  const columns = (dataSet?.columns ?? []).map(({ name }) => ({ value: name, label: name }));
  const options = value === "" ? [{ value: "", label: "Choose a column" }, ...columns] : columns;
  return <Select label={label} field={field} hasLabel value={value} options={options} onValueChange={onColumn} />;
}
