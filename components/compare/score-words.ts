import type { ScoreLine } from "@/lib/contract/comparison";
import { formatFixed, formatSigned, formatSignificant } from "@/lib/numbers/format";
import { intervalWords } from "@/lib/numbers/statistics/enough-examples";

type Words = Pick<ScoreLine, "unit" | "better" | "isForgetting">;

/** The unit of a metric's difference, and which direction is better. */
export function unitWords({ unit, better, each, isForgetting }: Words & Pick<ScoreLine, "each">): string {
  const units = { share: "points", nats: `${isForgetting ? "Δ nats" : "nats"} per ${each}`, number: "" } as const;
  return [units[unit], `${better} is better`].filter((text) => text !== "").join(", ");
}

/** A metric's value; shares in percent, forgetting with its sign. */
export function formatScore({ unit, isForgetting }: Words, value: number): string {
  if (unit === "share") return `${formatFixed(100 * value, 1)}\u202f%`;
  return isForgetting ? formatSigned(value, 3) : formatFixed(value, 3);
}

/** A difference and half the width of its interval, to two digits of the interval; shares in percentage points. */
export function formatScoreDifference(line: Pick<ScoreLine, "unit" | "difference" | "rows">): { value: string; interval: string } | null {
  if (line.difference === null) return null;
  const scale = line.unit === "share" ? 100 : 1;
  const { value, low, high } = line.difference;
  const decimals = decimalsOf(low === null || high === null ? 0 : (scale * (high - low)) / 2);
  const write = (one: number) => formatSigned(scale * one, decimals);
  return { value: write(value), interval: intervalWords(line.difference, line.rows ?? 0, write) };
}

/** A line's p value and corrected p value; empty if there is none. */
export function pWords({ pValue, correctedPValue }: Pick<ScoreLine, "pValue" | "correctedPValue">): string {
  if (pValue === null) return "";
  const corrected = correctedPValue === null || correctedPValue === pValue ? "" : `, corrected ${formatP(correctedPValue)}`;
  return `p ${formatP(pValue)}${corrected}`;
}

function formatP(value: number): string {
  return value < 0.001 ? "< 0.001" : formatSignificant(value, 2);
}

/** What an interval is taken over, in words. */
export function basisWords({ basis, rows, first }: Pick<ScoreLine, "basis" | "rows" | "first">): string {
  const count = `${formatFixed(rows ?? 0, 0)} rows`;
  const seeds = `${first.values.length} seeds`;
  switch (basis) {
    case "rows":
      return `${count}, one run each`;
    case "rowsAndSeeds":
      return `${count}, ${seeds}`;
    case "seeds":
      return `${seeds}; rows not kept`;
    case "none":
      return "no interval";
  }
}

function decimalsOf(spread: number): number {
  return spread > 0 ? Math.min(5, Math.max(0, 1 - Math.floor(Math.log10(spread)))) : 3;
}

/** A score with its benchmark, for axes and lists. */
export function scoreName({
  key,
  label,
  source,
  isForgetting,
  unit,
  each,
}: Pick<ScoreLine, "key" | "label" | "source" | "isForgetting" | "unit" | "each">): string {
  const units = { share: "", nats: `, nats per ${each}`, number: "" } as const;
  return key.startsWith("evaluation")
    ? `${label}${units[unit]}${key === "evaluation" ? "" : ", held out"}`
    : `${isForgetting ? "forgetting" : label}, ${source}${units[unit]}`;
}

/** A verdict in a few words, about the first side. */
export function verdictWord(kind: ScoreLine["verdict"]["kind"]): string {
  switch (kind) {
    case "better":
      return "first is better";
    case "worse":
      return "second is better";
    case "equivalent":
      return "equivalent";
    case "notDistinguishable":
      return "not distinguishable";
    case "notComparable":
      return "not comparable";
  }
}
