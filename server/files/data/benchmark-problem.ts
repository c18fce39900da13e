import type { AddBenchmarkRequest } from "@/lib/contract/benchmark";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { type BenchmarkProblem, columnProblem, type KnownData } from "./tasks/benchmark-data";
import { benchmarkDataOf } from "./tasks/benchmark-data-of";

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
  if (isGeneral && !benchmarkTasks[task.kind].measuresForgetting)
    return {
      field: "isGeneral",
      message: "Forgetting is measured as cross-entropy: a benchmark of general text needs the language model task.",
    };
  return benchmarkDataOf(task).problem(task, kind, data);
}
