import type { ScoreLine, ScoreOfSides } from "@/lib/contract/comparison";
import { decimalsOfSpread, formatFixed, formatPlural, formatSigned, formatSignificant } from "@/lib/numbers/format";
import { intervalWords } from "@/lib/numbers/statistics/enough-examples";

type Words = Pick<ScoreLine, "label" | "source" | "unit" | "each" | "isForgetting">;

/** A score and whose it is: `accuracy, report rows`. */
export function scoreName({ label, source, isForgetting }: Pick<Words, "label" | "source" | "isForgetting">): string {
  return `${isForgetting ? "forgetting" : label}, ${source}`;
}

/** `nats per token`; empty for a score without a unit. */
export function scoreUnit({ unit, each, isForgetting, label }: Omit<Words, "source">): string {
  if (unit === "share") return "per cent";
  if (unit === "nats") return `nats per ${each}${isForgetting ? " above the base model" : ""}`;
  return label === "mean squared error" ? "squared error, mean over rows" : "";
}

/** The unit of a score, and which direction is better. */
export function unitWords(score: Omit<Words, "source"> & Pick<ScoreLine, "better">): string {
  return [scoreUnit(score), `${score.better} is better`].filter((words) => words !== "").join(", ");
}

/** A score with its unit, shares as fractions: `loss, report rows, nats per token`. */
export function scoreTitle(score: Words): string {
  const unit = score.unit === "share" ? "" : scoreUnit(score);
  return unit === "" ? scoreName(score) : `${scoreName(score)}, ${unit}`;
}

/** The axis of a score: `accuracy, per cent`. */
export function scoreAxis(score: Omit<Words, "source">): string {
  const unit = scoreUnit(score);
  const name = score.isForgetting ? "forgetting" : score.label;
  return unit === "" ? name : `${name}, ${unit}`;
}

/** The unit of a difference; shares differ in percentage points. */
export function differenceUnit(score: Omit<Words, "source">): string {
  return score.unit === "share" ? "percentage points" : scoreUnit(score);
}

/** A score's value; shares in percent, forgetting with its sign. */
export function formatScore({ unit, isForgetting }: Pick<Words, "unit" | "isForgetting">, value: number, decimals = 3): string {
  if (unit === "share") return `${formatFixed(100 * value, 1)}\u202f%`;
  return isForgetting ? formatSigned(value, decimals) : formatFixed(value, decimals);
}

/** A standard deviation in the score's unit, shares in percentage points. */
export function formatSpread({ unit }: Pick<Words, "unit">, sd: number): string {
  return formatSignificant((unit === "share" ? 100 : 1) * sd, 2);
}

/** A difference and its interval, to two digits of half the interval; shares in percentage points. Null without a difference. */
export function formatScoreDifference({
  unit,
  difference,
  rows,
}: Pick<ScoreLine, "unit" | "difference" | "rows">): { readonly value: string; readonly interval: string } | null {
  if (difference === null) return null;
  const scale = unit === "share" ? 100 : 1;
  const { value, low, high } = difference;
  const spread = low === null || high === null ? 0 : (scale * (high - low)) / 2;
  const decimals = decimalsOfSpread(spread);
  const write = (one: number) => formatSigned(scale * one, decimals);
  return { value: write(value), interval: intervalWords(difference, rows ?? 0, write) };
}

export function formatP(value: number): string {
  return value < 1e-3 ? "<\u202f0.001" : formatFixed(value, 3);
}

/** What an interval is taken over. */
export function basisWords({ basis, rows, first }: Pick<ScoreLine, "basis" | "rows" | "first">): string {
  const count = formatPlural(rows ?? 0, "row");
  switch (basis) {
    case "rows":
      return `${count}, one run each`;
    case "rowsAndSeeds":
      return `${count} and ${formatPlural(first.values.length, "seed")}`;
    case "seeds":
      return `${formatPlural(first.values.length, "seed")}; rows were not stored`;
    case "none":
      return "no interval";
  }
}

/** A verdict in a few words; of two sides it names the better one. */
export function verdictWord({ verdict }: Pick<ScoreLine, "verdict">, [first, second]: readonly [first: string, second: string]): string {
  switch (verdict.kind) {
    case "better":
      return `${first} is better`;
    case "worse":
      return `${second} is better`;
    case "equivalent":
      return "equivalent";
    case "notDistinguishable":
      return "not distinguishable";
    case "notComparable":
      return "not comparable";
  }
}

/**
 * The line that decides a comparison: the first with an interval that a benchmark measured on the task itself. Without one, the first line
 * that says why there is none.
 */
export function headlineOf(lines: readonly ScoreLine[]): ScoreLine | undefined {
  const known = lines.filter(({ difference }) => difference !== null);
  return (
    known.find(({ isForgetting, benchmarkId }) => !isForgetting && benchmarkId !== null) ??
    known.find(({ isForgetting }) => !isForgetting) ??
    known[0] ??
    lines[0]
  );
}

/** The score that plots show first: the headline's if all sides have it. */
export function mainScore(lines: readonly ScoreLine[], scores: readonly ScoreOfSides[]): ScoreOfSides | undefined {
  const key = headlineOf(lines)?.key;
  return scores.find((score) => score.key === key) ?? scores.find(({ isForgetting }) => !isForgetting) ?? scores[0];
}
