import { createParser, type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { xAxes } from "./curves";
import { readRange, writeRange } from "./step-range";

/** How a run's curves are shown, as its address says it. */
export const runViewParameters = {
  /** The steps that are shown; null for all. */
  range: createParser({ parse: readRange, serialize: writeRange }),
  /** Empty for none. */
  overlayId: parseAsString.withDefault(""),
  axis: parseAsStringLiteral(xAxes).withDefault("step"),
  isLogY: createParser<boolean>({ parse: (text) => text === "log", serialize: (isLog) => (isLog ? "log" : "lin") }).withDefault(false),
};
/** Names in the address. */
export const runViewNames = { range: "steps", overlayId: "overlay", axis: "x", isLogY: "y" } as const;
export type RunView = inferParserType<typeof runViewParameters>;
