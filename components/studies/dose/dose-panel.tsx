"use client";
import { useRef } from "react";
import type { Mark } from "@/components/plots/mark";
import styles from "@/components/studies/studies.module.css";
import type { DoseCurve } from "./dose-curves";
import type { DoseMarks } from "./dose-marks";
import { DosePlot } from "./dose-plot";
import { PlotFiles } from "./plot-files";

type DosePanelProps = {
  readonly curve: DoseCurve;
  readonly mark: Mark;
  readonly values: readonly number[];
  readonly marks: DoseMarks;
  readonly isLogY: boolean;
  readonly at: number | null;
  readonly onAt: (value: number) => void;
};

/** One quantity with its name, unit and files. */
export function DosePanel({ curve, mark, marks, isLogY, ...rest }: DosePanelProps) {
  const svg = useRef<SVGSVGElement>(null);
  return (
    <div className={styles["plot"]}>
      <div className={styles["plothead"]}>
        <h3>
          {curve.title} <span className="tiny dim">{isLogY ? `${curve.unit}, log` : curve.unit}</span>
        </h3>
        <PlotFiles curve={curve} name={fileName(curve.title)} svgRef={svg} />
      </div>
      <DosePlot
        {...rest}
        curve={curve}
        mark={mark}
        named={marks.named}
        seen={marks.seen}
        setNow={marks.setNow}
        isLogY={isLogY}
        svgRef={svg}
        label={`${curve.title} over the values, ${curve.unit}`}
      />
    </div>
  );
}

function fileName(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
