"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { JobLine } from "@/components/shell/job-line";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { measureMissing } from "@/lib/client/comparison";
import { keys } from "@/lib/client/keys";
import type { ComparisonScorecard } from "@/lib/contract/comparison";
import { formatPlural } from "@/lib/numbers/format";
import styles from "./compare.module.css";

/** Measures the missing benchmark results of two sides, or shows that this is running. */
export function MeasureMissing({ missing }: Pick<ComparisonScorecard, "missing">) {
  const client = useQueryClient();
  const open = missing.filter(({ isUnderway }) => !isUnderway);
  const measure = useMutation({
    mutationFn: () => measureMissing(open),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.comparison }),
  });
  const jobs = [...new Map(missing.flatMap((one) => one.jobs.map((job) => [job.id, job] as const))).values()];
  if (open.length === 0)
    return (
      <div className={`stack fit gap-4 ${styles["measuring"]}`}>
        <span className="status live small" title={missing.map(({ name }) => name).join(", ")}>
          Measuring {missing.length === 1 ? missing[0]?.name : formatPlural(missing.length, "benchmark")}
        </span>
        {jobs.map((job) => (
          <JobLine key={job.id} job={job} />
        ))}
      </div>
    );
  const results = open.reduce((sum, { runs }) => sum + runs.length, 0);
  return (
    <div className={`stack fit gap-4 ${styles["missing"]}`}>
      {jobs.map((job) => (
        <JobLine key={job.id} job={job} />
      ))}
      <Button look="primary" disabled={measure.isPending} onClick={() => measure.mutate()} title={open.map(({ name }) => name).join(", ")}>
        Measure both sides{" "}
      </Button>
      <span className="tiny dim">
        {formatPlural(results, "result")} missing on {formatPlural(open.length, "benchmark")}
      </span>
      {measure.error ? <span className="status bad small">{messageOf(measure.error)}</span> : null}
    </div>
  );
}
