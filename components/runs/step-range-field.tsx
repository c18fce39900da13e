"use client";
import { useState } from "react";
import { RangeField } from "@/components/ui/range-field";
import type { StepRange } from "@/lib/client/runs";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./run.module.css";

type StepRangeFieldProps = {
  /** The steps that are shown; null is the whole run. */
  readonly range: StepRange | null;
  /** Those of the whole run. */
  readonly steps: number;
  readonly onRange: (range: StepRange | null) => void;
};

/** The shown steps, typed: what dragging over the curve does, by keyboard. */
export function StepRangeField({ range, steps, onRange }: StepRangeFieldProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const take = (ends: { readonly from: number | null; readonly to: number | null }) => {
    const [from, to] = [Math.max(1, ends.from ?? 1), Math.min(steps, ends.to ?? steps)];
    const isRange = from < to;
    setProblem(isRange ? null : `The first step (${formatInteger(from)}) must be less than the last (${formatInteger(to)}).`);
    if (isRange) onRange(from === 1 && to === steps ? null : { from, to });
  };
  return (
    <div className={`field ${styles["steps"]}`}>
      <RangeField
        key={range === null ? "" : `${range.from}-${range.to}`}
        label="Steps shown"
        kind="integer"
        from={range?.from ?? null}
        to={range?.to ?? null}
        ends={["1", formatInteger(steps)]}
        onRange={take}
      />
      {problem === null ? null : (
        <span className="error" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
