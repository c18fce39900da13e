"use client";
import { useRef } from "react";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { headlineOf } from "@/lib/comparison/score-words";
import type { ComparedSide, ComparisonScorecard } from "@/lib/contract/comparison";
import styles from "./compare.module.css";
import { Forest } from "./forest";
import { forestCsv } from "./forest-csv";
import { ForestFigure } from "./forest-figure";
import { MarginFields, type Margins } from "./margin-fields";

type ScorecardPanelProps = {
  readonly scorecard: ComparisonScorecard | undefined;
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  readonly margins: Margins;
  readonly onMargins: (margins: Partial<Margins>) => void;
};

/** Every metric that two sides share; nothing where they share none. */
export function ScorecardPanel({ scorecard, first, second, margins, onMargins }: ScorecardPanelProps) {
  const figure = useRef<SVGSVGElement>(null);
  if (scorecard?.lines.length === 0) return null;
  return (
    <Panel
      title="Scorecard"
      aside={
        <>
          <span className="small dim">95&#8239;% intervals, paired; ticks are pairs of runs; each line has its own scale</span>
          {scorecard ? (
            <PlotDownload name="comparison-scorecard" svgRef={figure} csv={() => forestCsv(scorecard.lines, first.name, second.name)} />
          ) : null}
        </>
      }
      foot={scorecard ? <MarginFields lines={scorecard.lines} margins={margins} onMargins={onMargins} /> : null}
    >
      {scorecard === undefined ? (
        <Skeleton height={200} />
      ) : (
        <>
          <Forest lines={scorecard.lines} first={first} second={second} said={headlineOf(scorecard.lines)?.verdict.text} />
          <div className={styles["figure"]} aria-hidden="true">
            <ForestFigure svgRef={figure} lines={scorecard.lines} first={first} second={second} />
          </div>
        </>
      )}
    </Panel>
  );
}
