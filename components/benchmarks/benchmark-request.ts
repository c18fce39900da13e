import { type AddBenchmarkInput, addBenchmarkRequest } from "@/lib/contract/benchmark";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import type { BenchmarkForm } from "./benchmark-form";
import { formTasks } from "./tasks/form-tasks";

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
