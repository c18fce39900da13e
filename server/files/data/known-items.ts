import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { ColumnMapping } from "@/lib/contract/data-set";
import type { SelectedRows } from "./benchmark-rows";
import { referenceOf, shownText } from "./row-texts";

/** What a benchmark's rows are known by, one a row. */
export type KnownItems = {
  readonly numbers: Int32Array;
  /** Places among the benchmark's domains; −1 for none. */
  readonly domainOf: Int32Array;
  /** Beginnings of text or prompt. */
  readonly texts: readonly string[];
  /** Beginnings of the right answers, classes and numbers whole; null where there are none. */
  readonly references: readonly string[] | null;
};

/** Of a row's text and right answer, in UTF-16 code units; no name of a class is longer. */
const shownLength = 400;

export function knownItems(
  { numbers, rows }: Pick<SelectedRows, "numbers" | "rows">,
  { mapping, task }: { readonly mapping: ColumnMapping; readonly task: BenchmarkTask },
): { domains: string[]; items: KnownItems } {
  const named = rows.map((row) => (mapping.domain === undefined ? null : String(row[mapping.domain] ?? "")));
  const domains = [...new Set(named.filter((name) => name !== null))].sort();
  const references = rows.map((row) => referenceOf(row, mapping, task));
  return {
    domains,
    items: {
      numbers,
      domainOf: Int32Array.from(named, (name) => (name === null ? -1 : domains.indexOf(name))),
      texts: rows.map((row) => shortened(shownText(row, mapping))),
      references: references.every((reference) => reference === null) ? null : references.map((reference) => shortened(reference ?? "")),
    },
  };
}

function shortened(text: string): string {
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
}
