import { z } from "zod";
import { guessMapping } from "@/components/new-run/guess-mapping";
import { type AddBenchmarkInput, addBenchmarkRequest, type BenchmarkPart, benchmarkPart } from "@/lib/contract/benchmark";
import { answerForm, classMetricName, glueName, numberMetricName } from "@/lib/contract/benchmark-names";
import { benchmarkTask } from "@/lib/contract/benchmark-task";
import { type ColumnMapping, columnMapping, type DataSetSummary } from "@/lib/contract/data-set";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { type RunTask, tasks } from "@/lib/contract/tasks/tasks";
import { formTasks } from "./tasks/form-tasks";

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
    task: run.task,
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
    mapping: (dataSet.id === run.dataSetId ? run.mapping : null) ?? guessMapping(dataSet, tasks[run.task].initial),
    domains: null,
    part: heldOutBy(run),
    choicesColumn: find("choices", "options", "endings"),
    answerColumn: find("answer", "answerkey", "label", "gold"),
  };
}

/** The request, or what is missing of it. */
export function requestOf(form: BenchmarkForm, dataSet: DataSetSummary | undefined): AddBenchmarkInput | string {
  if (dataSet === undefined) return "Choose a dataset.";
  const own = formTasks[form.task];
  const problem = own.problemOf(form);
  if (problem !== null) return problem;
  if (hasMnliParts(form, dataSet) && form.part.kind !== "split")
    return "Matched and mismatched rows are two benchmarks, which are never averaged: choose one split.";
  const { dataSetId, mapping, domains, part, count, maxTokens, useChatTemplate } = form;
  const request: AddBenchmarkInput = {
    name: form.name.trim() || suggestedName(form, dataSet),
    rows: { dataSetId, mapping, domains, part, count, maxTokens, useChatTemplate },
    task: own.request(form),
    isGeneral: benchmarkTasks[form.task].measuresForgetting && form.isGeneral,
  };
  const parsed = addBenchmarkRequest.safeParse(request);
  return parsed.success ? request : (parsed.error.issues[0]?.message ?? "The benchmark is not complete.");
}

/** Whether labelled rows are of both parts of MNLI, by their split. */
export function hasMnliParts(
  { task, mapping }: Pick<BenchmarkForm, "task" | "mapping">,
  { splits }: Pick<DataSetSummary, "splits">,
): boolean {
  if (!benchmarkTasks[task].isLabelled || mapping.split === undefined) return false;
  const has = (part: RegExp) => splits.some(({ name }) => part.test(name));
  return has(/[_-]matched$/) && has(/[_-]mismatched$/);
}

/** The default name of a benchmark. */
export function suggestedName(
  { task, domains, part }: Pick<BenchmarkForm, "task" | "domains" | "part">,
  { name }: Pick<DataSetSummary, "name">,
): string {
  const of = domains === null ? "" : ` (${domains.join(", ")})`;
  return `${name}${of}${part.kind === "split" ? `, ${part.name}` : ""}, ${benchmarkTasks[task].noun}`.slice(0, 120);
}
