import type { ScoreLine, ScoreOfSides } from "@/lib/contract/comparison";
import { formatFixed, formatSigned, formatSignificant } from "@/lib/numbers/format";
import { intervalWords } from "@/lib/numbers/statistics/enough-examples";

type Words = Pick<ScoreLine, "key" | "label" | "source" | "unit" | "better" | "each" | "isForgetting">;

/** What a score is called, with whose it is: `accuracy, report rows`. */
export function scoreName({ label, source, isForgetting }: Pick<Words, "label" | "source" | "isForgetting">): string {
  return `${isForgetting ? "forgetting" : label}, ${source}`;
}

/** What a score is written in: `nats per label token`; empty for one without a unit. */
export function scoreUnit({ unit, each, isForgetting, label }: Words): string {
  if (unit === "share") return "per cent";
  const of = each === "token" ? "per label token" : "per row";
  if (unit === "nats") return isForgetting ? `nats ${of} above the base model` : `nats ${of}`;
  return label === "mean squared error" ? "squared error, mean over rows" : "";
}

/** `score, unit` for an axis. */
export function scoreAxis(score: Words): string {
  const unit = scoreUnit(score);
  const name = score.isForgetting ? "forgetting" : score.label;
  return unit === "" ? name : `${name}, ${unit}`;
}

/** A score's value; shares in per cent, what is added to a loss with its sign. */
export function formatScore({ unit, isForgetting }: Pick<Words, "unit" | "isForgetting">, value: number): string {
  if (unit === "share") return `${formatFixed(100 * value, 1)}\u202f%`;
  return isForgetting ? formatSigned(value, 4) : formatFixed(value, 4);
}

/** A standard deviation in the score's unit, shares in percentage points. */
export function formatSpread({ unit }: Pick<Words, "unit">, sd: number): string {
  return formatSignificant((unit === "share" ? 100 : 1) * sd, 2);
}

/** A difference and its interval, to two digits of half the interval; shares in percentage points. Null without a difference. */
export function formatDifference({
  unit,
  difference,
  rows,
}: Pick<ScoreLine, "unit" | "difference" | "rows">): { value: string; interval: string } | null {
  if (difference === null) return null;
  const scale = unit === "share" ? 100 : 1;
  const { value, low, high } = difference;
  const spread = low === null || high === null ? 0 : (scale * (high - low)) / 2;
  const decimals = spread > 0 ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(spread)))) : 3;
  const format = (value: number) => formatSigned(scale * value, decimals);
  return { value: format(value), interval: intervalWords(difference, rows ?? 0, format) };
}

/** What a difference is written in. */
export function differenceUnit(score: Words): string {
  return score.unit === "share" ? "percentage points" : scoreUnit(score);
}

export function formatP(value: number): string {
  return value < 1e-3 ? "<\u202f0.001" : formatFixed(value, 3);
}

/** What an interval is over. */
export function basisWords({ basis, rows, first }: Pick<ScoreLine, "basis" | "rows" | "first">): string {
  const count = `${formatFixed(rows ?? 0, 0)} rows`;
  switch (basis) {
    case "rows":
      return `${count}, one run each`;
    case "rowsAndSeeds":
      return `${count} and ${first.values.length} seeds`;
    case "seeds":
      return `${first.values.length} seeds; rows were not stored`;
    case "none":
      return "no interval";
  }
}

const verdicts: Record<ScoreLine["verdict"]["kind"], string> = {
  better: "better",
  worse: "worse",
  notDistinguishable: "not distinguishable",
  equivalent: "equivalent",
  notComparable: "not comparable",
};

/** The verdict on the first side in a word or two. */
export function verdictWord({ verdict }: Pick<ScoreLine, "verdict">): string {
  return verdicts[verdict.kind];
}

/** The line that a comparison is read by: the first with an interval that is of the task itself; where there is none, the first that says why. */
export function headlineOf(lines: readonly ScoreLine[]): ScoreLine | undefined {
  const known = lines.filter(({ difference }) => difference !== null);
  return (
    known.find(({ isForgetting, benchmarkId }) => !isForgetting && benchmarkId !== null) ??
    known.find(({ isForgetting }) => !isForgetting) ??
    known[0] ??
    lines[0]
  );
}

/** The score of all sides that plots are drawn of: the headline's, where it is there. */
export function mainScore(lines: readonly ScoreLine[], scores: readonly ScoreOfSides[]): ScoreOfSides | undefined {
  const key = headlineOf(lines)?.key;
  return scores.find((score) => score.key === key) ?? scores.find(({ isForgetting }) => !isForgetting) ?? scores[0];
}
