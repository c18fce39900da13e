import { toCsv } from "@/components/ui/save-file";
import type { ScoreLine } from "@/lib/contract/comparison";

/** The scorecard, one row per line, unformatted: shares from 0 to 1, differences as first minus second. */
export function forestCsv(lines: readonly ScoreLine[], first: string, second: string): string {
  return toCsv(
    [
      ...["metric", "source", "unit", "better", first, second],
      ...["difference", "low", "high", "basis", "rows", "seeds", "p", "p corrected", "margin", "verdict"],
    ],
    lines.map((line) => [
      ...[line.label, line.source, line.unit === "nats" ? `nats per ${line.each}` : line.unit, line.better],
      ...[line.first.mean, line.second.mean],
      ...[line.difference?.value ?? null, line.difference?.low ?? null, line.difference?.high ?? null],
      ...[line.basis, line.rows, line.bySeed.length, line.pValue, line.correctedPValue, line.margin, line.verdict.text],
    ]),
  );
}
