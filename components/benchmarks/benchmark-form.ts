import { z } from "zod";
import { guessMapping, rowUseOf } from "@/components/new-run/guess-mapping";
import { type BenchmarkPart, benchmarkPart } from "@/lib/contract/benchmark";
import { answerForm, classMetricName, glueName, numberMetricName } from "@/lib/contract/benchmark-names";
import { benchmarkTask } from "@/lib/contract/benchmark-task";
import { type ColumnMapping, columnMapping, type DataSetSummary } from "@/lib/contract/data-set";
import { askedOfTask } from "@/lib/contract/tasks/benchmark-tasks";
import { type RunTask, tasks } from "@/lib/contract/tasks/tasks";

/** Values of the form; fields of other tasks keep what was typed. */
export const benchmarkForm = z.object({
  name: z.string(),
  dataSetId: z.string(),
  mapping: columnMapping,
  domains: z.array(z.string()).nullable(),
  part: benchmarkPart,
  count: z.number(),
  maxTokens: z.number(),
  useChatTemplate: z.boolean(),
  task: z.enum(benchmarkTask.options.map(({ shape }) => shape.kind.value)),
  answer: answerForm,
  maxNewTokens: z.number(),
  /** Strings that end an answer, one per line; `\n` is a line break. */
  stop: z.string(),
  choicesColumn: z.string(),
  answerColumn: z.string(),
  /** Null takes the task's default. */
  classMetric: classMetricName.nullable(),
  numberMetric: numberMetricName.nullable(),
  glue: glueName.nullable(),
  isGeneral: z.boolean(),
});
export type BenchmarkForm = Readonly<z.infer<typeof benchmarkForm>>;

/** What the form takes from a run. */
export type FormRun = {
  /** Null if the training data is unknown or not a dataset. */
  readonly dataSetId: string | null;
  readonly mapping: ColumnMapping | null;
  /** Rows held out if the dataset has no split column. */
  readonly validationRows: number;
  readonly task: RunTask["kind"];
};

export function emptyForm(dataSets: readonly DataSetSummary[], run: FormRun): BenchmarkForm {
  const dataSet = dataSets.find(({ id }) => id === run.dataSetId) ?? dataSets[0];
  const plain: ColumnMapping = { kind: "text", text: "text" };
  const form: BenchmarkForm = {
    name: "",
    dataSetId: "",
    mapping: plain,
    domains: null,
    part: heldOutBy(run),
    count: tasks[run.task].benchmarkRows,
    maxTokens: 512,
    useChatTemplate: false,
    task: askedOfTask[run.task][0] ?? "languageModel",
    answer: "number",
    maxNewTokens: 64,
    stop: "",
    choicesColumn: "",
    answerColumn: "",
    classMetric: null,
    numberMetric: null,
    glue: null,
    isGeneral: false,
  };
  return dataSet === undefined ? form : { ...form, ...changesFor(dataSet, run) };
}

/** The held-out rows of a run. */
export function heldOutBy({ validationRows }: Pick<FormRun, "validationRows">): BenchmarkPart {
  return { kind: "heldOut", validationRows: Math.max(1, validationRows) };
}

/** The form after another dataset is chosen. */
export function changesFor(
  dataSet: DataSetSummary,
  run: FormRun,
): Pick<BenchmarkForm, "dataSetId" | "mapping" | "domains" | "part" | "choicesColumn" | "answerColumn"> {
  const find = (...names: string[]) => dataSet.columns.find(({ name }) => names.includes(name.toLowerCase()))?.name ?? "";
  return {
    dataSetId: dataSet.id,
    mapping:
      (dataSet.id === run.dataSetId ? run.mapping : null) ??
      guessMapping(dataSet, rowUseOf(tasks[run.task].initial, run.mapping?.kind === "labelledImage")),
    domains: null,
    part: heldOutBy(run),
    choicesColumn: find("choices", "options", "endings"),
    answerColumn: find("answer", "answerkey", "label", "gold"),
  };
}
