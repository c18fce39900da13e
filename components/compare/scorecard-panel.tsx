"use client";
import { useRef } from "react";
import { PlotDownload } from "@/components/plots/plot-download";
import { ButtonLink } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import type { ComparedSide, ComparisonScorecard } from "@/lib/contract/comparison";
import styles from "./compare.module.css";
import { Forest } from "./forest";
import { forestCsv } from "./forest-csv";
import { ForestFigure } from "./forest-figure";
import { MarginFields, type Margins } from "./margin-fields";
import { MeasureMissing } from "./measure-missing";
import { MeasureSuggested } from "./measure-suggested";

type ScorecardPanelProps = {
  readonly scorecard: ComparisonScorecard | undefined;
  readonly error: Error | null;
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  readonly margins: Margins;
  readonly onMargins: (margins: Partial<Margins>) => void;
};

/** Every metric that two sides share, or how to get the first. */
export function ScorecardPanel({ scorecard, error, first, second, margins, onMargins }: ScorecardPanelProps) {
  const figure = useRef<SVGSVGElement>(null);
  const hasLines = scorecard !== undefined && scorecard.lines.length > 0;
  return (
    <Panel
      title="Scorecard"
      className="c8"
      aside={
        <>
          <span className="small dim">95&#8239;% intervals, paired; ticks are pairs of runs; each line has its own scale</span>
          {hasLines ? (
            <PlotDownload name="comparison-scorecard" svgRef={figure} csv={() => forestCsv(scorecard.lines, first.name, second.name)} />
          ) : null}
        </>
      }
      foot={hasLines ? <MarginFields lines={scorecard.lines} margins={margins} onMargins={onMargins} /> : null}
    >
      {error !== null && scorecard === undefined ? (
        <ErrorNote title="Could not load the scorecard">{messageOf(error)}</ErrorNote>
      ) : scorecard === undefined ? (
        <Skeleton height={200} />
      ) : hasLines ? (
        <>
          <Forest lines={scorecard.lines} first={first} second={second} />
          {scorecard.lines.some(({ benchmarkId }) => benchmarkId !== null) ? null : (
            <NothingMeasured scorecard={scorecard} runId={first.runs[0]?.id ?? ""} />
          )}
          <div className={styles["figure"]} aria-hidden="true">
            <ForestFigure svgRef={figure} lines={scorecard.lines} first={first} second={second} />
          </div>
        </>
      ) : (
        <NothingMeasured scorecard={scorecard} runId={first.runs[0]?.id ?? ""} />
      )}
    </Panel>
  );
}

function NothingMeasured({ scorecard, runId }: { readonly scorecard: ComparisonScorecard; readonly runId: string }) {
  const { missing, measurable, suggested } = scorecard;
  const heldOut = suggested.filter(({ purpose }) => purpose === "heldOut");
  return (
    <div className="empty">
      <h2>No benchmark measured yet</h2>
      <p>
        A benchmark scores both sides on the same rows, for a paired comparison
        {measurable.length === 0 ? ". These runs can be measured once they end." : "."}
      </p>
      <div className="row wrap">
        {missing.length > 0 ? (
          <MeasureMissing missing={missing} />
        ) : heldOut.length > 0 && measurable.length > 0 ? (
          <MeasureSuggested suggested={heldOut} runs={measurable}>
            Measure their held-out rows
          </MeasureSuggested>
        ) : null}
        <ButtonLink look="quiet" href={`/runs/${encodeURIComponent(runId)}/benchmarks`}>
          Add a benchmark
        </ButtonLink>
      </div>
    </div>
  );
}
