import type { BenchmarkRows, BenchmarkSummary } from "@/lib/contract/benchmark";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import { openImageData } from "@/server/files/images/image-data";
import { readSelectedRows, selectBenchmarkRows } from "./benchmark-rows";
import { type Division, divideRows, rowUses } from "./divide-rows";
import { knownItems } from "./known-items";
import { referenceOf, shownText } from "./row-texts";

/** The text of a benchmark's row, and its right answer, whole. */
export type RowText = { readonly row: number; readonly text: string; readonly reference: string | null };

/** UTF-16 units after which texts are passed on; ours. */
const batchCharacters = 1 << 18;

/**
 * What is read of whole data sets while a person waits. Each takes and gives values that a thread can be sent, in parts that are small enough for the
 * thread that takes them.
 */
export const readings = {
  /** The rows of an experiment: how many are for what, and what each is for. */
  async *dividedRows({ path, division }: { readonly path: string; readonly division: Division }) {
    const { sets, report, uses, reportDomains, lengths } = await divideRows(await openImageData(path), division);
    const counts = sets.map(({ train, selection }) => ({ trainRows: train.length, selectionRows: selection.length }));
    const selectionRows = uses.reduce((sum, use) => sum + ((use & rowUses.chosenBy) === 0 ? 0 : 1), 0);
    yield { sets: counts, selectionRows, reportRows: report.length, uses, reportDomains, lengths };
  },

  /** The rows of a new benchmark, with what they are known by. */
  async *benchmarkRows({ path, rows, task }: { readonly path: string; readonly rows: BenchmarkRows; readonly task: BenchmarkTask }) {
    const selected = await selectBenchmarkRows(await openImageData(path), rows, task);
    yield { hash: selected.hash, task: selected.task, ...knownItems(selected, { mapping: rows.mapping, task }) };
  },

  /** Texts of a benchmark's rows in its order, some at a time. Throws where any row has changed since the benchmark was made. */
  async *benchmarkTexts({ path, numbers, benchmark }: TextsAsked) {
    const rows = await readSelectedRows(await openImageData(path), numbers, benchmark);
    const { mapping } = benchmark.rows;
    let [batch, characters]: [RowText[], number] = [[], 0];
    for (const [at, row] of rows.entries()) {
      const [text, reference] = [shownText(row, mapping), referenceOf(row, mapping, benchmark.task)];
      batch.push({ row: numbers[at] ?? at, text, reference });
      characters += text.length + (reference?.length ?? 0);
      if (characters < batchCharacters) continue;
      yield batch;
      [batch, characters] = [[], 0];
    }
    yield batch;
  },
};

type TextsAsked = {
  readonly path: string;
  readonly numbers: Int32Array;
  readonly benchmark: Pick<BenchmarkSummary, "rows" | "task" | "rowsHash">;
};

export type Readings = typeof readings;
export type ReadingName = keyof Readings;
export type Asked<Name extends ReadingName> = Parameters<Readings[Name]>[0];
export type Part<Name extends ReadingName> = ReturnType<Readings[Name]> extends AsyncGenerator<infer Value> ? Value : never;
