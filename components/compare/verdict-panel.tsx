"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { measureMissing } from "@/lib/client/comparison";
import { keys } from "@/lib/client/keys";
import type { ComparedSide, Comparison, ComparisonScorecard, ScoreLine } from "@/lib/contract/comparison";
import { formatPlural } from "@/lib/numbers/format";
import { budgetSentence } from "./budget-words";
import styles from "./compare.module.css";

type VerdictPanelProps = Pick<Comparison, "remarks"> & {
  readonly scorecard: ComparisonScorecard | undefined;
  readonly first: ComparedSide;
  readonly second: ComparedSide;
};

/** What may be said of two sides, on which budget, and what cannot be compared. */
export function VerdictPanel({ scorecard, first, second, remarks }: VerdictPanelProps) {
  const headline = scorecard && headlineOf(scorecard.lines);
  const budget = budgetSentence(first, second);
  return (
    <section className={`panel ${styles["verdict"]}`} aria-label="Verdict">
      <p className={styles["headline"]}>
        {scorecard === undefined ? "…" : (headline?.verdict.text ?? "No number is known of both sides yet: measure a benchmark on both.")}
      </p>
      {scorecard === undefined || scorecard.missing.length === 0 ? null : <Missing missing={scorecard.missing} />}
      <div className={styles["notes"]}>
        {headline ? (
          <p className="note">
            By {headline.label}, {headline.source}. Each line of the scorecard is at 95&#8239;% by itself: among many, some differ by
            chance.
          </p>
        ) : null}
        {budget === null ? null : <p className="note">{budget}</p>}
        {remarks.map((remark) => (
          <p key={remark} className="note">
            {remark}
          </p>
        ))}
      </div>
    </section>
  );
}

/** The first line with an interval; where there is none, the first that says why. */
export function headlineOf(lines: readonly ScoreLine[]): ScoreLine | undefined {
  return (
    lines.find(({ difference, isForgetting }) => difference !== null && !isForgetting) ??
    lines.find(({ difference }) => difference !== null) ??
    lines[0]
  );
}

function Missing({ missing }: Pick<ComparisonScorecard, "missing">) {
  const client = useQueryClient();
  const open = missing.filter(({ isUnderway }) => !isUnderway);
  const measure = useMutation({
    mutationFn: () => measureMissing(open),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.comparison }),
  });
  if (open.length === 0) return <span className="status live small">Measuring {missing.map(({ name }) => name).join(", ")}</span>;
  const results = open.reduce((sum, { runs }) => sum + runs.length, 0);
  return (
    <span className={styles["missing"]}>
      <Button disabled={measure.isPending} onClick={() => measure.mutate()} title={open.map(({ name }) => name).join(", ")}>
        Measure on both
      </Button>
      <span className="tiny dim">
        {formatPlural(results, "result")} of {formatPlural(open.length, "benchmark")} missing
      </span>
      {measure.error ? <span className="status bad small">{messageOf(measure.error)}</span> : null}
    </span>
  );
}
