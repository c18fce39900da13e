import { headlineOf } from "@/lib/comparison/score-words";
import type { ComparisonScorecard } from "@/lib/contract/comparison";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { MeasureMissing } from "./measure-missing";
import { MeasureSuggested } from "./measure-suggested";

/** The offer to measure more rows of both sides than the verdict is over, and its progress; nothing where there are none to add. */
export function MoreRows({ scorecard: { lines, suggested, measurable, missing } }: { readonly scorecard: ComparisonScorecard }) {
  const begun = missing.filter(isBegun);
  if (begun.length > 0) return <MeasureMissing missing={begun} />;
  const heldOut = suggested.filter(({ purpose }) => purpose === "heldOut");
  const most = heldOut[0]?.request.rows.count;
  if (most === undefined || measurable.length === 0) return null;
  const headline = headlineOf(lines);
  const isPaired = headline?.basis === "rows" || headline?.basis === "rowsAndSeeds";
  return (
    <div className="row wrap">
      <MeasureSuggested suggested={heldOut} runs={measurable}>
        Measure their held-out rows
      </MeasureSuggested>
      <span className="small mid">
        {isPaired
          ? `The verdict is over ${formatPlural(headline.rows ?? 0, "row")}; up to ${formatInteger(most)} per run narrow its interval.`
          : `Up to ${formatInteger(most)} per run, paired row by row.`}
      </span>
    </div>
  );
}

/** Whether a benchmark of the task itself is being measured, or was and failed: it stands beside the verdict then. */
export function isBegun({ isGeneral, isUnderway, jobs }: ComparisonScorecard["missing"][number]): boolean {
  return !isGeneral && (isUnderway || jobs.length > 0);
}
