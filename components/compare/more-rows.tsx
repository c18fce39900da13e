import { headlineOf } from "@/lib/comparison/score-words";
import type { ComparisonScorecard } from "@/lib/contract/comparison";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { MeasureMissing } from "./measure-missing";
import { MeasureSuggested } from "./measure-suggested";

/** Offers to measure more rows on both sides than the verdict uses, and shows the progress; nothing where there are none to add. */
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
        Measure held-out rows
      </MeasureSuggested>
      <span className="small mid">
        {isPaired
          ? `The verdict uses ${formatPlural(headline.rows ?? 0, "row")}; measuring up to ${formatInteger(most)} per run narrows its interval.`
          : `Up to ${formatInteger(most)} per run, paired row by row.`}
      </span>
    </div>
  );
}

/** Whether a benchmark of the task itself is being measured, or could not be: it is then shown with the verdict and not in the list. */
export function isBegun({ isGeneral, isUnderway, jobs }: ComparisonScorecard["missing"][number]): boolean {
  return !isGeneral && (isUnderway || jobs.length > 0);
}
