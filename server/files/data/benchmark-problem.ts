import type { AddBenchmarkRequest } from "@/lib/contract/benchmark";
import { type AnswerBenchmarkTask, asksForAnswers } from "@/lib/contract/benchmark-task";
import { glueTasks } from "@/lib/numbers/metrics/glue-tasks";

/** What is wrong with a benchmark, in a sentence that says what to do, and the field at fault. */
export type BenchmarkProblem = { readonly field: string; readonly message: string };

/** What is known of a data set before its rows are read. */
export type KnownData = {
  readonly name: string;
  readonly columns: readonly string[];
  /** Names of its domains; undefined where they are not known, or are of another column. */
  readonly domains: readonly string[] | undefined;
};

type Asked = Omit<AddBenchmarkRequest, "name" | "rows"> & { readonly rows: Omit<AddBenchmarkRequest["rows"], "dataSetId"> };

/** @returns undefined where there is nothing wrong */
export function benchmarkProblem({ rows, task, isGeneral }: Asked, data: KnownData): BenchmarkProblem | undefined {
  const { mapping, part, domains } = rows;
  const { kind, ...roles } = mapping;
  const unknownColumn = Object.entries(roles).flatMap(([role, column]) => columnProblem(data, column, `rows.mapping.${role}`) ?? [])[0];
  if (unknownColumn !== undefined) return unknownColumn;
  if (domains !== null && mapping.domain === undefined)
    return { field: "rows.mapping.domain", message: "Domains are selected, but no domain column is mapped: map one." };
  const unknown = domains?.find((name) => data.domains !== undefined && !data.domains.includes(name));
  if (unknown !== undefined) return { field: "rows.domains", message: `${data.name} has no domain ${JSON.stringify(unknown)}.` };
  const isSplit = part.kind === "split" || (part.kind === "heldOut" && part.split !== undefined);
  if (isSplit && mapping.split === undefined)
    return {
      field: "rows.mapping.split",
      message: "A split is selected, but no split column is mapped: map one, or use all rows.",
    };
  if (isGeneral && task.kind !== "languageModel")
    return {
      field: "isGeneral",
      message: "Forgetting is measured as cross-entropy: a benchmark of general text needs the language model task.",
    };
  if (asksForAnswers(task)) return answerProblem(task, kind);
  return taskProblem({ task, kind }, data);
}

function answerProblem(task: AnswerBenchmarkTask, kind: AddBenchmarkRequest["rows"]["mapping"]["kind"]): BenchmarkProblem | undefined {
  if (kind !== "labelled")
    return { field: "rows.mapping", message: "Classification and regression need labels: map one or two text columns and a label column." };
  if (task.glue === null) return undefined;
  const { title, target } = glueTasks[task.glue];
  const isOfNumbers = target.kind === "score";
  if (isOfNumbers === (task.kind === "regression")) return undefined;
  return { field: "task.glue", message: `${title} has ${isOfNumbers ? "scores: choose regression" : "classes: choose classification"}.` };
}

type TextAsked = {
  readonly task: Exclude<AddBenchmarkRequest["task"], AnswerBenchmarkTask>;
  readonly kind: AddBenchmarkRequest["rows"]["mapping"]["kind"];
};

function taskProblem({ task, kind }: TextAsked, data: KnownData): BenchmarkProblem | undefined {
  const ofMapping = (message: string) => ({ field: "rows.mapping", message });
  if (kind === "labelled")
    return ofMapping(
      "Labelled texts are for encoders, and this task is for causal language models: choose classification or regression, or map a text or a prompt.",
    );
  if (task.kind === "completion" && kind === "text")
    return ofMapping("A plain text has no completion: map a prompt and a completion, an instruction, or a chat.");
  if (task.kind !== "choice") return undefined;
  if (kind === "messages") return ofMapping("A chat has no question for the choices: map a text or a prompt.");
  return columnProblem(data, task.choices, "task.choices") ?? columnProblem(data, task.answer, "task.answer");
}

function columnProblem({ name, columns }: KnownData, column: string | undefined, field: string): BenchmarkProblem | undefined {
  if (column === undefined || columns.includes(column)) return undefined;
  return { field, message: `${name} has no column ${JSON.stringify(column)}. It has ${columns.join(", ")}.` };
}
