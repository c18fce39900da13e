import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { ColumnMapping } from "@/lib/contract/data-set";
import { parsedJson } from "./choice-row";
import type { DataRow } from "./data-row";
import { benchmarkDataOf } from "./tasks/benchmark-data-of";

/** Beginning of what a person knows a row by: its text, its prompt, or its image's file. */
export function shownText(row: DataRow, mapping: ColumnMapping): string {
  switch (mapping.kind) {
    case "text":
      return plain(row[mapping.text]);
    case "labelled":
      return mapping.second === undefined ? plain(row[mapping.text]) : `${plain(row[mapping.text])}\n\n${plain(row[mapping.second])}`;
    case "labelledImage":
      return pathOf(row[mapping.image]);
    case "promptCompletion":
      return plain(row[mapping.prompt]);
    case "instruction": {
      const input = mapping.input === undefined ? "" : plain(row[mapping.input]);
      return `${plain(row[mapping.instruction])}${input === "" ? "" : `\n\n${input}`}`;
    }
    case "messages":
      return contentsOf(row[mapping.messages]).slice(0, -1).join("\n\n");
  }
}

/** The right answer as it is written; null for plain texts. */
export function referenceOf(row: DataRow, mapping: ColumnMapping, task: BenchmarkTask): string | null {
  const own = benchmarkDataOf(task).reference(row, task);
  if (own !== undefined) return own;
  switch (mapping.kind) {
    case "text":
      return null;
    case "promptCompletion":
      return plain(row[mapping.completion]);
    case "instruction":
      return plain(row[mapping.output]);
    case "messages":
      return contentsOf(row[mapping.messages]).at(-1) ?? "";
    case "labelled":
    case "labelledImage":
      return plain(row[mapping.label]);
  }
}

/** Of an image what its row says of its file. */
function pathOf(value: unknown): string {
  return typeof value === "object" && value !== null && "path" in value ? plain(value.path) : "";
}

/** A value as text, whatever a reader of the data gives; nothing of what is missing. */
export function plain(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value, writable) : String(value);
}

/** For `JSON.stringify`, which knows no bigint. */
export function writable(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** Contents of `[{role, content}]` or sharegpt's `[{from, value}]`. */
function contentsOf(value: unknown): string[] {
  const turns: unknown = typeof value === "string" ? parsedJson(value) : value;
  if (!Array.isArray(turns)) return [];
  return turns.map((turn: unknown) => {
    if (typeof turn !== "object" || turn === null) return "";
    return plain("content" in turn ? turn.content : "value" in turn ? turn.value : "");
  });
}
