"use client";
import { NumberField } from "@/components/ui/number-field";
import type { ScoreLine } from "@/lib/contract/comparison";
import styles from "./compare.module.css";

export type Margins = { readonly marginPoints: number; readonly marginNats: number };
type MarginFieldsProps = {
  readonly lines: readonly ScoreLine[];
  readonly margins: Margins;
  readonly onMargins: (margins: Partial<Margins>) => void;
};

/** The margin within which sides are called equivalent; without one they never are. */
export function MarginFields({ lines, margins, onMargins }: MarginFieldsProps) {
  const has = (unit: ScoreLine["unit"]) => lines.some((line) => line.unit === unit);
  return (
    <div className={styles["margins"]}>
      <span>
        “Not distinguishable” does not mean equal. To test equivalence, set the largest difference that does not matter (0 for none):
      </span>
      {has("share") ? (
        <NumberField
          label="Points"
          kind="real"
          min={0}
          max={100}
          value={margins.marginPoints}
          onValueChange={(marginPoints) => onMargins({ marginPoints })}
        />
      ) : null}
      {has("nats") ? (
        <NumberField
          label="Nats"
          kind="real"
          min={0}
          value={margins.marginNats}
          onValueChange={(marginNats) => onMargins({ marginNats })}
        />
      ) : null}
    </div>
  );
}
