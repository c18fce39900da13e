import type { ScorecardQuery, ScoreLine } from "@/lib/contract/comparison";
import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";
import { holm } from "@/lib/numbers/statistics/holm";
import { comparisonVerdict } from "@/lib/numbers/statistics/verdict";
import type { MeasuredLine } from "./score-line";
import { isOfOneMethod, type Side } from "./sides";

export type LineWords = Omit<ScoreLine, keyof MeasuredLine | "correctedPValue" | "margin" | "verdict">;
/** A metric by name with what was measured of it. */
export type UnjudgedLine = { readonly words: LineWords; readonly measured: MeasuredLine };

type Margins = Partial<Pick<ScorecardQuery, "marginPoints" | "marginNats">>;

/**
 * What may be said of two sides by each line. Among several lines some differ by chance: p values are corrected for all that have one (Holm), and a
 * side is called better only where the corrected one, too, is under 5 %.
 */
export function judgeLines(
  lines: readonly UnjudgedLine[],
  [one, other]: readonly [Side, Side],
  margins: Margins = {},
): { readonly lines: ScoreLine[]; readonly correctedFor: number } {
  const tested = lines.filter(({ measured }) => isTestable(measured));
  const corrected = holm(tested.map(({ measured }) => measured.pValue ?? 1));
  const correctedFor = tested.length;
  const judged = lines.map((line): ScoreLine => {
    const { compared, isTested, obstacle, metric, ...numbers } = line.measured;
    const correctedPValue = corrected[tested.indexOf(line)] ?? null;
    const margin = marginOf(line.words, margins);
    // Alone and without a test of its own, a line's interval says all.
    const isAsked = correctedPValue !== null && (isTested || correctedFor > 1);
    const verdict = comparisonVerdict({
      metric,
      first: one.name,
      second: other.name,
      difference: compared,
      about: isOfOneMethod(one, other) ? "methods" : "runs",
      ...(isAsked ? { pValue: correctedPValue, correctedFor } : {}),
      ...(margin === null ? {} : { margin }),
      ...(obstacle === null ? {} : { obstacle }),
    });
    return { ...line.words, ...numbers, correctedPValue, margin, verdict };
  });
  return { lines: judged, correctedFor };
}

/** What no verdict is made of takes no part in the correction. */
function isTestable({ pValue, compared }: MeasuredLine): boolean {
  return pValue !== null && compared !== undefined && compared.examples >= fewestExamples;
}

function marginOf({ unit }: LineWords, { marginPoints = 0, marginNats = 0 }: Margins): number | null {
  const margin = unit === "share" ? marginPoints / 100 : unit === "nats" ? marginNats : 0;
  return margin > 0 ? margin : null;
}
