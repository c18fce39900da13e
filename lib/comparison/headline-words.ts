import type { ScoreLine } from "@/lib/contract/comparison";
import { decimalsOfSpread, formatFixed, formatPlural } from "@/lib/numbers/format";

/** A verdict in parts: `winner` ends `amount` lower than the other `where` (`interval`). */
export type HeadlineWords = {
  /** 0 for the first side, 1 for the second. */
  readonly winner: 0 | 1;
  readonly verb: string;
  readonly amount: string;
  /** Between the amount and the name of the other side. */
  readonly relation: string;
  readonly where: string;
  readonly interval: string;
};

/** The parts of a line's verdict; null where neither side is better. */
export function headlineWords(line: ScoreLine): HeadlineWords | null {
  const { verdict, difference } = line;
  const isFirst = verdict.kind === "better";
  if (difference === null || difference.low === null || difference.high === null || !(isFirst || verdict.kind === "worse")) return null;
  const scale = line.unit === "share" ? 100 : 1;
  const sizes = [difference.low, difference.high].map((end) => Math.abs(end) * scale).sort((a, b) => a - b);
  const [least = 0, most = 0] = sizes;
  const decimals = decimalsOfSpread((most - least) / 2);
  const unit = line.unit === "share" ? " percentage points" : line.unit === "nats" ? " nats" : "";
  return {
    winner: isFirst ? 0 : 1,
    ...relationOf(line),
    amount: `${formatFixed(Math.abs(difference.value) * scale, decimals)}${unit}`,
    where: line.benchmarkId === null ? "on held-out rows" : `on ${line.source}`,
    interval: `95\u202f% CI ${formatFixed(least, decimals)} to ${formatFixed(most, decimals)}, ${overWords(line)}`,
  };
}

function relationOf({ isForgetting, benchmarkId, unit, label, better }: ScoreLine): Pick<HeadlineWords, "verb" | "relation"> {
  if (isForgetting) return { verb: "forgets", relation: "less than" };
  if (benchmarkId === null && unit === "nats") return { verb: "ends", relation: `${better} than` };
  return { verb: "is", relation: `${better} in ${label} than` };
}

function overWords({ basis, rows, first }: ScoreLine): string {
  const seeds = formatPlural(first.values.length, "seed");
  if (basis === "seeds") return `over ${seeds}`;
  const paired = `paired over ${formatPlural(rows ?? 0, "row")}`;
  return basis === "rowsAndSeeds" ? `${paired} and ${seeds}` : paired;
}

/** How a line's interval was made, in a sentence; empty without one. */
export function intervalMethod({ basis, unit }: Pick<ScoreLine, "basis" | "unit">): string {
  switch (basis) {
    case "rows":
      return unit === "share"
        ? "Interval: Tango’s score interval for accuracies, for other metrics the bootstrap over paired rows with Student’s t."
        : "Interval: bootstrap over paired rows with Student’s t; it says nothing about other seeds.";
    case "rowsAndSeeds":
      return "Interval: rows by the bootstrap, seeds by Student’s t.";
    case "seeds":
      return "Interval: Student’s t over seeds.";
    case "none":
      return "";
  }
}
