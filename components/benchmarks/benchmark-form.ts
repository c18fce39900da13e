import { z } from "zod";
import { guessMapping } from "@/components/new-run/guess-mapping";
import { type AddBenchmarkInput, addBenchmarkRequest, type BenchmarkPart, benchmarkPart } from "@/lib/contract/benchmark";
import { answerForm, classMetricName, glueName, numberMetricName } from "@/lib/contract/benchmark-task";
import { type ColumnMapping, columnMapping, type DataSetSummary } from "@/lib/contract/data-set";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { type RunTask, tasks } from "@/lib/contract/tasks/tasks";

/** What the form holds; fields of other tasks keep what was typed. */
export const benchmarkForm = z.object({
  name: z.string(),
  dataSetId: z.string(),
  mapping: columnMapping,
  domains: z.array(z.string()).nullable(),
  part: benchmarkPart,
  count: z.number(),
  maxTokens: z.number(),
  useChatTemplate: z.boolean(),
  task: z.enum(["languageModel", "completion", "choice", "classification", "regression"]),
  answer: answerForm,
  maxNewTokens: z.number(),
  /** Texts that end an answer, one a line; `\n` stands for a line's end. */
  stop: z.string(),
  choicesColumn: z.string(),
  answerColumn: z.string(),
  /** Null takes what is usual of the task. */
  classMetric: classMetricName.nullable(),
  numberMetric: numberMetricName.nullable(),
  glue: glueName.nullable(),
  isGeneral: z.boolean(),
});
export type BenchmarkForm = Readonly<z.infer<typeof benchmarkForm>>;

/** What a run is, as far as the form begins with it. */
export type FormRun = {
  /** Null where what it was trained on is not known, or was no data set. */
  readonly dataSetId: string | null;
  readonly mapping: ColumnMapping | null;
  /** Rows that it holds out where its data has no split column. */
  readonly validationRows: number;
  readonly task: RunTask["kind"];
};

/** Most rows of a benchmark that nobody changes: texts are classified much faster than they are continued. */
const usualRows = { text: 256, answers: 2000 };

export function emptyForm(dataSets: readonly DataSetSummary[], run: FormRun): BenchmarkForm {
  const dataSet = dataSets.find(({ id }) => id === run.dataSetId) ?? dataSets[0];
  const plain: ColumnMapping = { kind: "text", text: "text" };
  const form: BenchmarkForm = {
    name: "",
    dataSetId: "",
    mapping: plain,
    domains: null,
    part: heldOutBy(run),
    count: tasks[run.task].continuesText ? usualRows.text : usualRows.answers,
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

/** The rows that a run holds out. */
export function heldOutBy({ validationRows }: Pick<FormRun, "validationRows">): BenchmarkPart {
  return { kind: "heldOut", validationRows: Math.max(1, validationRows) };
}

/** What another data set changes. */
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
  if (dataSet === undefined) return "Choose the data.";
  if (form.task === "completion" && form.mapping.kind === "text")
    return "A plain text has no answer to complete: map a prompt and a completion.";
  if (form.task === "choice" && form.mapping.kind === "messages")
    return "A chat has no question that choices could follow: map a text or a prompt.";
  if (form.task === "choice" && (form.choicesColumn === "" || form.answerColumn === ""))
    return "Say which columns hold the choices and the answer.";
  if ((form.task === "classification" || form.task === "regression") && form.mapping.kind !== "labelled")
    return "Say which columns hold text and label.";
  if (hasMnliParts(form, dataSet) && form.part.kind !== "split")
    return "Matched and mismatched rows are two benchmarks, which are never averaged: choose the split of one.";
  const { dataSetId, mapping, domains, part, count, maxTokens, useChatTemplate } = form;
  const request: AddBenchmarkInput = {
    name: form.name.trim() || suggestedName(form, dataSet),
    rows: { dataSetId, mapping, domains, part, count, maxTokens, useChatTemplate },
    task: taskOf(form),
    isGeneral: form.task === "languageModel" && form.isGeneral,
  };
  const parsed = addBenchmarkRequest.safeParse(request);
  return parsed.success ? request : (parsed.error.issues[0]?.message ?? "The benchmark is not complete.");
}

/** Whether labelled rows are of both parts of MNLI, by their split. */
export function hasMnliParts(
  { task, mapping }: Pick<BenchmarkForm, "task" | "mapping">,
  { splits }: Pick<DataSetSummary, "splits">,
): boolean {
  if ((task !== "classification" && task !== "regression") || mapping.split === undefined) return false;
  const has = (part: RegExp) => splits.some(({ name }) => part.test(name));
  return has(/[_-]matched$/) && has(/[_-]mismatched$/);
}

/** What a benchmark is called that nobody named. */
export function suggestedName(
  { task, domains, part }: Pick<BenchmarkForm, "task" | "domains" | "part">,
  { name }: Pick<DataSetSummary, "name">,
): string {
  const of = domains === null ? "" : ` (${domains.join(", ")})`;
  return `${name}${of}${part.kind === "split" ? `, ${part.name}` : ""}, ${benchmarkTasks[task].noun}`.slice(0, 120);
}

function taskOf(form: BenchmarkForm): AddBenchmarkInput["task"] {
  switch (form.task) {
    case "languageModel":
      return { kind: "languageModel" };
    case "completion": {
      const stop = form.stop.split("\n").filter((line) => line !== "");
      return {
        kind: "completion",
        answer: form.answer,
        maxNewTokens: form.maxNewTokens,
        stop: stop.map((line) => line.replaceAll("\\n", "\n")),
      };
    }
    case "choice":
      return { kind: "choice", choices: form.choicesColumn, answer: form.answerColumn };
    case "classification":
      return { kind: "classification", metric: form.classMetric, glue: form.glue };
    case "regression":
      return { kind: "regression", metric: form.numberMetric, glue: form.glue };
  }
}
