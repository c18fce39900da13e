import type { ReactNode } from "react";
import { headlineOf, scoreName } from "@/lib/comparison/score-words";
import { costSentences } from "@/lib/comparison/side-costs";
import type { ComparedSide, Comparison, ComparisonScorecard } from "@/lib/contract/comparison";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./compare.module.css";
import { MeasureMissing } from "./measure-missing";

type VerdictPanelProps = Pick<Comparison, "remarks"> & {
  readonly scorecard: ComparisonScorecard | undefined;
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  /** The matched budget of the two, and a summary of all budgets. */
  readonly match: ReactNode;
  readonly summary: string | null;
};

/** The verdict on two sides, at which budget, and what cannot be compared. */
export function VerdictPanel({ scorecard, first, second, remarks, match, summary }: VerdictPanelProps) {
  const headline = scorecard && headlineOf(scorecard.lines);
  // If none was measured, the scorecard says how to measure one.
  const hasBenchmark = scorecard?.lines.some(({ benchmarkId }) => benchmarkId !== null);
  // The bar above has the others.
  const costs = costSentences(first, second, ["parameters", "active", "time"]).join(" ");
  return (
    <section className={`panel ${styles["verdict"]}`} aria-label="Verdict">
      <p className={styles["headline"]}>{scorecard === undefined ? "…" : (headline?.verdict.text ?? "No benchmark measured yet.")}</p>
      {scorecard === undefined || !hasBenchmark || scorecard.missing.length === 0 ? null : <MeasureMissing missing={scorecard.missing} />}
      {match}
      <div className={`stack gap-2 ${styles["notes"]}`}>
        {headline ? (
          <p className="note">
            By {scoreName(headline)}. {correctionWords(scorecard?.correctedFor ?? 1)}
          </p>
        ) : null}
        {summary === null ? null : <p className="note">{summary}</p>}
        {costs === "" ? null : <p className="note">{costs}</p>}
        {remarks.map((remark) => (
          <p key={remark} className="note">
            {remark}
          </p>
        ))}
      </div>
    </section>
  );
}

/** The multiple-comparison correction, in words. */
export function correctionWords(correctedFor: number): string {
  if (correctedFor < 2) return "Better or worse: the 95\u202f% interval excludes 0.";
  return `Better or worse: the 95\u202f% interval excludes 0 and p, Holm-corrected for the ${formatInteger(correctedFor)} lines of the scorecard, is below 0.05. The intervals themselves are not corrected.`;
}
