import { createLoader, createParser, type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { isSameList, parseAsNumber } from "@/components/ui/address/parsers";
import { curveAxes } from "@/lib/comparison/side-curves";
import { matchMode } from "@/lib/contract/experiment";

export const costKeys = ["parameters", "active", "memory", "time", "forgetting"] as const;
export type CostKey = (typeof costKeys)[number];

const parseAsRuns = createParser<readonly string[]>({
  parse: (text) => text.split(",").filter((id) => id !== ""),
  serialize: (ids) => ids.join(","),
  eq: isSameList,
});

const parseAsPlace = createParser<number>({ parse: (text) => (/^\d{1,3}$/.test(text) ? Number(text) : null), serialize: String });

const parseAsMargin = (most: number) =>
  createParser<number>({
    parse: (text) => {
      const margin = parseAsNumber.parse(text);
      return margin !== null && margin > 0 && margin <= most ? margin : null;
    },
    serialize: String,
  });

/** The state of the comparison page, as its address says it. */
export const compareParameters = {
  /** The server renders the page's title and its numbers from the runs. */
  runs: parseAsRuns.withDefault([]).withOptions({ shallow: false }),
  /** Places of the two sides that are compared. */
  first: parseAsPlace.withDefault(0),
  second: parseAsPlace.withDefault(1),
  /** The match mode; empty for the first in which the two sides are equal. */
  match: parseAsStringLiteral(["", ...matchMode.options]).withDefault(""),
  /** Equivalence margins in percentage points and nats; 0 for none. */
  marginPoints: parseAsMargin(100).withDefault(0),
  marginNats: parseAsMargin(Number.POSITIVE_INFINITY).withDefault(0),
  axis: parseAsStringLiteral(curveAxes).withDefault("step"),
  cost: parseAsStringLiteral(costKeys).withDefault("parameters"),
  /** Key of the score in the plots; empty for the first. */
  score: parseAsString.withDefault(""),
  /** Benchmark whose rows are shown; empty for the first. */
  benchmark: parseAsString.withDefault(""),
};
/** Names in the address, where they differ. */
export const compareNames = { marginPoints: "points", marginNats: "nats", axis: "x" } as const;
export type CompareAddress = inferParserType<typeof compareParameters>;

export const readCompareAddress = createLoader(compareParameters, { urlKeys: compareNames });
