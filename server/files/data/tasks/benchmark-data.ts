import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { ColumnMapping } from "@/lib/contract/data-set";
import type { DataRow } from "@/server/files/data/data-row";
import type { WrittenLabel } from "./task-labels";

/** What is wrong with a benchmark, in a sentence that says what to do, and the field at fault. */
export type BenchmarkProblem = { readonly field: string; readonly message: string };

/** What is known of a data set before its rows are read. */
export type KnownData = {
  readonly name: string;
  readonly columns: readonly string[];
  /** Names of its domains; undefined where they are not known, or are of another column. */
  readonly domains: readonly string[] | undefined;
};

/** How a kind of benchmark reads its rows. */
export type BenchmarkDataOf<Asked extends BenchmarkTask> = {
  /** What is wrong with the columns; undefined where nothing is. */
  problem(task: Asked, mapping: ColumnMapping["kind"], data: KnownData): BenchmarkProblem | undefined;
  /** Columns that are read beside those of the mapping. */
  columns(task: Asked): readonly string[];
  /** @throws Error saying what of a row cannot be read */
  checkRow(row: DataRow, task: Asked): void;
  /** The task with what its rows' labels settle. @throws Error saying what is wrong with the labels */
  settle(task: Asked, readLabels: () => readonly WrittenLabel[]): BenchmarkTask;
  /** The right answer where it is none of the mapping's columns; undefined where it is. */
  reference(row: DataRow, task: Asked): string | null | undefined;
};

export function columnProblem({ name, columns }: KnownData, column: string | undefined, field: string): BenchmarkProblem | undefined {
  if (column === undefined || columns.includes(column)) return undefined;
  return { field, message: `${name} has no column ${JSON.stringify(column)}. It has ${columns.join(", ")}.` };
}
