import type { Mark } from "@/components/plots/mark";
import styles from "@/components/studies/studies.module.css";
import { Button } from "@/components/ui/button";
import type { DoseCurve } from "./dose-curves";
import type { DoseMarks } from "./dose-marks";
import { DosePanel } from "./dose-panel";
import { DoseReadOut } from "./dose-read-out";

type DosePlotsProps = {
  readonly curves: readonly DoseCurve[];
  readonly mark: Mark;
  readonly values: readonly number[];
  readonly marks: DoseMarks;
  readonly isLog?: boolean;
  /** The value whose numbers are shown. */
  readonly at: number | null;
  readonly onAt: (value: number) => void;
  /** Puts a value into the list of edits. */
  readonly onSet: (value: number) => void;
};

/** The curves of a dose, with the numbers at one of its values. */
export function DosePlots({ curves, mark, values, marks, isLog = false, at, onAt, onSet }: DosePlotsProps) {
  return (
    <>
      <div className={`columns even ${styles["plots"]}`}>
        {curves.map((curve) => (
          <DosePanel
            key={curve.key}
            curve={curve}
            mark={mark}
            values={values}
            marks={marks}
            isLogY={isLog && curve.reference === "zero"}
            at={at}
            onAt={onAt}
          />
        ))}
      </div>
      {at !== null && (
        <DoseReadOut
          curves={curves}
          at={at}
          name={marks.nameOf(at)}
          action={
            <Button size="dense" title="Adds this value to the edits" onClick={() => onSet(at)}>
              Set this
            </Button>
          }
        />
      )}
    </>
  );
}
