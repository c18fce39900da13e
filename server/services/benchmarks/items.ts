import type { BenchmarkItem, BenchmarkItems, BenchmarkScore, BenchmarkSummary, ItemQuery } from "@/lib/contract/benchmark";
import { benchmarkItemAt } from "@/lib/contract/benchmark-items";
import { measuredPlaces } from "@/lib/numbers/metrics/score-items";
import { readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { readPair } from "@/server/db/benchmarks/results";
import { readDataSet } from "@/server/db/library/data-sets";
import { readInThread } from "@/server/files/data/read-in-thread";
import type { Asked, RowText } from "@/server/files/data/readings";
import { FileError } from "@/server/files/file-error";
import type { ServiceContext } from "@/server/services/context";
import { csvLine } from "@/server/services/csv";
import { found, withFileErrors } from "@/server/services/errors";
import { getBenchmark } from "./benchmarks";
import { scoreOfPair } from "./scores";

type Place = { readonly benchmarkId: string; readonly runId: string };

/** A page of what a run makes of a benchmark, row by row beside its base model. */
export async function listItems(context: ServiceContext, place: Place, query: ItemQuery): Promise<BenchmarkItems> {
  const { benchmark, score, items } = await readItems(context, place);
  const shown = items.filter((item) => isShown(item, query.show)).sort(orderOf(query));
  const count = (show: ItemQuery["show"]) => items.filter((item) => isShown(item, show)).length;
  return {
    benchmark,
    score,
    items: shown.slice(query.offset, query.offset + query.limit),
    total: shown.length,
    counts: { all: items.length, gained: count("gained"), lost: count("lost"), wrong: count("wrong") },
  };
}

/**
 * All of them as CSV, in the benchmark's order; losses are means over label tokens, nats. Texts are whole where the data set still holds the rows; else
 * they are the beginnings that were kept, and `isTextCut` says so.
 *
 * @param signal ends the reading of the texts
 * @throws ServiceError `tooLarge` as `readInThread`
 */
export async function itemTable(context: ServiceContext, place: Place, signal?: AbortSignal): Promise<AsyncGenerator<string>> {
  const { benchmark, numbers, items } = await readItems(context, place);
  const dataSet = await readDataSet(context.store.db, benchmark.rows.dataSetId);
  const texts = dataSet && (await withFileErrors(() => wholeTexts({ path: dataSet.path, numbers, benchmark }, signal)));
  return linesOf(items, dataSet?.path ?? null, texts);
}

/** Undefined where the data has changed or is gone. @throws FileError as `readInThread` */
async function wholeTexts(asked: Asked<"benchmarkTexts">, signal: AbortSignal | undefined): Promise<WholeTexts | undefined> {
  const texts = new WholeTexts(readInThread("benchmarkTexts", asked, { signal }));
  try {
    await texts.advance();
    return texts;
  } catch (error) {
    if (error instanceof FileError && error.code !== "tooLarge" && error.code !== "unavailable") return undefined;
    throw error;
  }
}

/** Texts and correct answers of the requested rows, in the benchmark's order. */
class WholeTexts {
  readonly #batches: AsyncGenerator<readonly RowText[], void>;
  #batch: ReadonlyMap<number, RowText> = new Map();

  constructor(batches: AsyncGenerator<readonly RowText[], void>) {
    this.#batches = batches;
  }

  /** False at the end. */
  async advance(): Promise<boolean> {
    const { value, done } = await this.#batches.next();
    this.#batch = new Map(value?.map((text) => [text.row, text]));
    return done !== true;
  }

  async of(row: number): Promise<RowText> {
    const text = this.#batch.get(row);
    if (text !== undefined) return text;
    if (await this.advance()) return this.of(row);
    throw new Error(`row ${row} does not belong to the benchmark`);
  }

  async end(): Promise<void> {
    await this.#batches.return();
  }
}

async function* linesOf(items: readonly BenchmarkItem[], file: string | null, texts: WholeTexts | undefined): AsyncGenerator<string> {
  const arms = ["base", "adapter"] as const;
  const ofArm = arms.flatMap((arm) => [`${arm}Loss`, `${arm}Answer`, `${arm}IsRight`]);
  try {
    yield csvLine(["row", "domain", "text", "reference", "labelTokens", "difference", ...ofArm, "file", "isTextCut"]);
    for (const item of items) {
      const { row, domain, labelTokens, difference } = item;
      const { text, reference } = (await texts?.of(row)) ?? item;
      const readings = arms.flatMap((arm) => [item[arm].lossSum / labelTokens, item[arm].answer, item[arm].isRight]);
      yield csvLine([row, domain, text, reference, labelTokens, difference, ...readings, file, texts === undefined && text.endsWith("…")]);
    }
    // A thread whose reading has come to its end serves the next one.
    await texts?.advance();
  } finally {
    await texts?.end();
  }
}

async function readItems(
  context: ServiceContext,
  { benchmarkId, runId }: Place,
): Promise<{ benchmark: BenchmarkSummary; score: BenchmarkScore; numbers: Int32Array; items: BenchmarkItem[] }> {
  const { db } = context.store;
  const benchmark = await getBenchmark(context, benchmarkId);
  const known = found(await readBenchmarkItems(db, benchmarkId), "such benchmark");
  const pair = found(await readPair(db, benchmarkId, runId), "result of this run on the benchmark yet");
  const shown = { ...known, domains: benchmark.domains };
  const items = measuredPlaces(pair).map((place) => benchmarkItemAt(place, shown, pair));
  return { benchmark, score: scoreOfPair(benchmark, pair, known.domainOf), numbers: known.numbers, items };
}

function isShown({ base, adapter }: BenchmarkItem, show: ItemQuery["show"]): boolean {
  switch (show) {
    case "all":
      return true;
    case "gained":
      return adapter.isRight === true && base.isRight === false;
    case "lost":
      return adapter.isRight === false && base.isRight === true;
    case "wrong":
      return adapter.isRight === false;
  }
}

function orderOf({ sort, order }: ItemQuery): (a: BenchmarkItem, b: BenchmarkItem) => number {
  const sign = order === "asc" ? 1 : -1;
  return (a, b) => sign * compared(sortValue(a, sort), sortValue(b, sort)) || a.row - b.row;
}

function sortValue(item: BenchmarkItem, sort: ItemQuery["sort"]): number | string {
  switch (sort) {
    case "difference":
    case "row":
    case "labelTokens":
      return item[sort];
    case "domain":
      return item.domain ?? "";
    case "base":
    case "adapter":
      return item[sort].lossSum / item.labelTokens;
  }
}

function compared(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
