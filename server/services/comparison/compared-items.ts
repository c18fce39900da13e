import type { ComparedItem, ComparedItemQuery, ComparedItems } from "@/lib/contract/comparison";
import { meanOf } from "@/lib/numbers/intervals";
import { readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { type ResultPair, readPair } from "@/server/db/benchmarks/results";
import { getBenchmark } from "@/server/services/benchmarks/benchmarks";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { sharedPlaces } from "./benchmark-metrics";
import { pairRuns } from "./pairs";
import { pairOf, readSides } from "./sides";

/** A page of what two sides make of a benchmark, row by row; each side's mean over its paired runs. */
export async function compareItems(context: ServiceContext, query: ComparedItemQuery): Promise<ComparedItems> {
  const { db } = context.store;
  const pair = pairOf(await readSides(context, query.runs), query);
  const [benchmark, known] = await Promise.all([getBenchmark(context, query.benchmark), readBenchmarkItems(db, query.benchmark)]);
  const rows = found(known, "such benchmark");
  const ids = new Set(pair.flatMap((side) => side.runs.map(({ id }) => id)));
  const read = await Promise.all([...ids].map(async (id) => [id, await readPair(db, benchmark.id, id)] as const));
  const results = new Map(read);
  const pairs = pairRuns(...pair, ({ id, step }) => results.get(id)?.adapter.step === step);
  const sideResults = (end: "first" | "second") => pairs.flatMap((one) => results.get(one[end].id) ?? []);
  const [firsts, seconds] = [sideResults("first"), sideResults("second")];
  found(firsts[0], "result of both sides on this benchmark yet");
  const items = sharedPlaces([...firsts, ...seconds]).map((place): ComparedItem => {
    const [first, second] = [readingOf(firsts, place), readingOf(seconds, place)];
    return {
      row: rows.numbers[place] ?? place,
      domain: benchmark.domains[rows.domainOf[place] ?? -1] ?? null,
      text: rows.texts[place] ?? "",
      reference: rows.references?.[place] ?? null,
      labelTokens: firsts[0]?.adapter.labelTokens[place] ?? 0,
      first,
      second,
      difference: first.loss - second.loss,
    };
  });
  const shown = items.filter((item) => isShown(item, query.show)).sort(orderOf(query));
  const count = (show: ComparedItemQuery["show"]) => items.filter((item) => isShown(item, show)).length;
  return {
    benchmark,
    items: shown.slice(query.offset, query.offset + query.limit),
    total: shown.length,
    counts: { all: items.length, firstOnly: count("firstOnly"), secondOnly: count("secondOnly"), differ: count("differ") },
  };
}

function readingOf(results: readonly ResultPair[], place: number): ComparedItem["first"] {
  const right = results.flatMap(({ adapter }) => (adapter.right === null ? [] : [adapter.right[place] ?? 0]));
  return {
    loss: meanOf(results.map(({ adapter }) => (adapter.lossSums[place] ?? 0) / (adapter.labelTokens[place] ?? 1))),
    rightShare: right.length === 0 ? null : meanOf(right),
    answer: results[0]?.adapter.answers?.[place] ?? null,
  };
}

/** Of several seeds, a side has a row right that most of its runs have right. */
function isShown({ first, second }: ComparedItem, show: ComparedItemQuery["show"]): boolean {
  if (show === "all") return true;
  const [isFirst, isSecond] = [(first.rightShare ?? 0) > 0.5, (second.rightShare ?? 0) > 0.5];
  switch (show) {
    case "firstOnly":
      return isFirst && !isSecond;
    case "secondOnly":
      return isSecond && !isFirst;
    case "differ":
      return isFirst !== isSecond;
  }
}

function orderOf({ sort, order }: ComparedItemQuery): (a: ComparedItem, b: ComparedItem) => number {
  const sign = order === "asc" ? 1 : -1;
  return (a, b) => sign * (sortValue(a, sort) - sortValue(b, sort)) || a.row - b.row;
}

function sortValue(item: ComparedItem, sort: ComparedItemQuery["sort"]): number {
  return sort === "first" || sort === "second" ? item[sort].loss : item[sort];
}
