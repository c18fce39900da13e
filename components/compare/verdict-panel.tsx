import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import { Disclosure } from "@/components/ui/disclosure";
import { type QueryReading, QueryState } from "@/components/ui/query-state";
import { intervalMethod } from "@/lib/comparison/headline-words";
import { headlineOf, scoreName } from "@/lib/comparison/score-words";
import { costSentences } from "@/lib/comparison/side-costs";
import type { ComparedSide, Comparison, ComparisonScorecard } from "@/lib/contract/comparison";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./compare.module.css";
import { Headline } from "./headline";
import { MoreRows } from "./more-rows";

type VerdictPanelProps = Pick<Comparison, "remarks"> & {
  readonly scorecard: QueryReading<ComparisonScorecard>;
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  /** The budgets that the two may share, at the right of the verdict; and what is said of the chosen one. */
  readonly match: ReactNode;
  readonly matched: ReactNode;
  /** A summary of all budgets. */
  readonly summary: string | null;
};

/** The verdict on two sides, at which budget, and what cannot be compared. */
export function VerdictPanel({ scorecard, first, second, remarks, match, matched, summary }: VerdictPanelProps) {
  const headline = scorecard.data && headlineOf(scorecard.data.lines);
  // The switch has the others.
  const costs = costSentences(first, second, ["parameters", "active", "time"]).join(" ");
  return (
    <section className={`panel ${styles["verdict"]}`} aria-label="Verdict">
      <QueryState
        query={scorecard}
        failure="Could not load the scorecard"
        waiting={<p className={classNames(styles["headline"], styles["measured"])}>…</p>}
      >
        {(data) => (
          <div className="stack fit gap-8">
            <p className={classNames(styles["headline"], headline !== undefined && styles["measured"])}>
              {headline === undefined ? "Nothing measured on both sides yet." : <Headline line={headline} first={first} second={second} />}
            </p>
            <MoreRows scorecard={data} />
          </div>
        )}
      </QueryState>
      {match}
      <div className={`stack gap-2 ${styles["notes"]}`}>
        {matched}
        {headline ? (
          <p className="note">
            By {scoreName(headline)}.
            {headline.difference === null ? null : ` ${intervalMethod(headline)} ${correctionWords(scorecard.data?.correctedFor ?? 1)}`}
          </p>
        ) : null}
        {summary === null && costs === "" ? null : (
          <Disclosure isForNarrow summary="All budgets and costs">
            <p className="note">{[summary ?? "", costs].filter((words) => words !== "").join(" ")}</p>
          </Disclosure>
        )}
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
