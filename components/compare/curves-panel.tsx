"use client";
import { useMemo, useRef } from "react";
import { LineChart } from "@/components/plots/line-chart";
import { lineChartCsv } from "@/components/plots/line-chart-csv";
import { markColour } from "@/components/plots/mark";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { type CurveAxis, curveAxes, sharedBaseLoss } from "@/lib/comparison/side-curves";
import type { ComparedSide } from "@/lib/contract/comparison";
import { lossUnit, tasks } from "@/lib/contract/tasks/tasks";
import { formatCount, formatDuration, formatFixed } from "@/lib/numbers/format";
import styles from "./compare.module.css";
import { hasCurveAxis, sideSeries } from "./side-curves";

type CurvesPanelProps = {
  readonly sides: readonly ComparedSide[];
  /** Places of the two sides that are compared; the others are drawn paler. */
  readonly pair: readonly [number, number];
  readonly axis: CurveAxis;
  readonly onAxis: (axis: CurveAxis) => void;
};

const axisLabels: Record<CurveAxis, string> = { step: "Step", tokens: "Tokens", flops: "FLOPs", seconds: "Time" };
const axisNames: Record<CurveAxis, string> = {
  step: "step",
  tokens: "tokens",
  flops: "FLOPs, forward, base and adapter",
  seconds: "training time, s",
};
const axisFormats: Record<CurveAxis, (value: number) => string> = {
  step: formatCount,
  tokens: formatCount,
  flops: formatCount,
  seconds: formatDuration,
};

/** Held-out loss of all sides in one chart. */
export function CurvesPanel({ sides, pair, axis, onAxis }: CurvesPanelProps) {
  const svg = useRef<SVGSVGElement>(null);
  const series = useMemo(
    () =>
      sides.map((side, place) => ({
        ...sideSeries(side, axis, { isSecond: place !== pair[0] && (place !== pair[1] || side.method === sides[pair[0]]?.method) }),
        key: String(place),
      })),
    [sides, axis, pair],
  );
  const base = sharedBaseLoss(sides);
  const { loss, reference } = tasks[sides[0]?.task ?? "languageModel"];
  const references = useMemo(
    () => (base === null ? [] : [{ y: base, label: `${reference.kind} ${formatFixed(base, 3)}` }]),
    [base, reference],
  );
  const hasCurves = series.some(({ line }) => (line ?? []).length > 0);
  return (
    <Panel
      title="Evaluation loss"
      fold="Curves over training"
      aside={
        <>
          <Segmented
            label="Horizontal axis"
            value={axis}
            options={curveAxes.map((value) => ({ value, label: axisLabels[value], isDisabled: !hasCurveAxis(sides, value) }))}
            onValueChange={onAxis}
          />
          <PlotDownload
            name="comparison-loss"
            svgRef={svg}
            csv={() => lineChartCsv(series, { x: axisNames[axis], line: "evaluation", point: "evaluation" })}
          />
        </>
      }
    >
      {hasCurves ? (
        <>
          <div className={`legend ${styles["legend"]}`}>
            {series.map(({ key, label, mark, band, isSecond }) => (
              <span key={key}>
                <i style={{ color: markColour(mark), opacity: isSecond ? 0.6 : 1 }} />
                {label}
                {band === undefined ? "" : `, mean of ${sides[Number(key)]?.runs.length ?? 0} seeds`}
              </span>
            ))}
            {series.some(({ band }) => band !== undefined) ? (
              <span className="c-ink">
                <i className="bd" />
                range over seeds
              </span>
            ) : null}
          </div>
          <LineChart
            svgRef={svg}
            height={chartHeight}
            series={series}
            references={references}
            hasEndLabels={sides.length <= mostEndLabels}
            label={`Evaluation loss of ${sides.length} sides against ${axisNames[axis]}`}
            xLabel={axisNames[axis]}
            yLabel={lossUnit(loss)}
            lineName="loss"
            formatValue={threeDecimals}
            formatX={axisFormats[axis]}
          />
        </>
      ) : (
        <p className="mid">None of these runs was evaluated on held-out rows during training.</p>
      )}
    </Panel>
  );
}

/** More names at line ends would overlap; the legend lists them all. */
const mostEndLabels = 5;
const chartHeight = (width: number) => (width < 420 ? 250 : 300);
const threeDecimals = (value: number) => formatFixed(value, 3);
