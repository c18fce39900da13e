import { guessMapping } from "@/components/new-run/guess-mapping";
import { type AddBenchmarkInput, addBenchmarkRequest, type BenchmarkPart } from "@/lib/contract/benchmark";
import type { AnswerForm, BenchmarkTask, ClassMetricName, GlueName, NumberMetricName } from "@/lib/contract/benchmark-task";
import type { ColumnMapping, DataSetSummary } from "@/lib/contract/data-set";

/** What the form holds; fields of other tasks keep what was typed. */
export type BenchmarkForm = {
  readonly name: string;
  readonly dataSetId: string;
  readonly mapping: ColumnMapping;
  readonly domains: string[] | null;
  readonly part: BenchmarkPart;
  readonly count: number;
  readonly maxTokens: number;
  readonly useChatTemplate: boolean;
  readonly task: BenchmarkTask["kind"];
  readonly answer: AnswerForm;
  readonly maxNewTokens: number;
  /** Texts that end an answer, one a line; `\n` stands for a line's end. */
  readonly stop: string;
  readonly choicesColumn: string;
  readonly answerColumn: string;
  /** Null takes what is usual of the task. */
  readonly classMetric: ClassMetricName | null;
  readonly numberMetric: NumberMetricName | null;
  readonly glue: GlueName | null;
  readonly isGeneral: boolean;
};

export function emptyForm(dataSets: readonly DataSetSummary[], dataSetId: string | null): BenchmarkForm {
  const dataSet = dataSets.find(({ id }) => id === dataSetId) ?? dataSets[0];
  const plain: ColumnMapping = { kind: "text", text: "text" };
  const form: BenchmarkForm = {
    name: "",
    dataSetId: "",
    mapping: plain,
    domains: null,
    part: { kind: "heldOut", validationRows: 128 },
    count: 256,
    maxTokens: 512,
    useChatTemplate: false,
    task: "languageModel",
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
  return dataSet === undefined ? form : { ...form, ...changesFor(dataSet) };
}

/** What another data set changes. */
export function changesFor(
  dataSet: DataSetSummary,
): Pick<BenchmarkForm, "dataSetId" | "mapping" | "domains" | "part" | "choicesColumn" | "answerColumn"> {
  const find = (...names: string[]) => dataSet.columns.find(({ name }) => names.includes(name.toLowerCase()))?.name ?? "";
  return {
    dataSetId: dataSet.id,
    mapping: guessMapping(dataSet),
    domains: null,
    part: { kind: "heldOut", validationRows: 128 },
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

/** What a benchmark is called that nobody named. */
export function suggestedName({ task, domains }: Pick<BenchmarkForm, "task" | "domains">, { name }: Pick<DataSetSummary, "name">): string {
  const what = { languageModel: "loss", completion: "completions", choice: "choices", classification: "classes", regression: "numbers" }[
    task
  ];
  return `${name}${domains === null ? "" : ` (${domains.join(", ")})`}, ${what}`.slice(0, 120);
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
