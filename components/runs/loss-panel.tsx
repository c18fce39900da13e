"use client";
import { useMemo, useRef } from "react";
import { LineChart } from "@/components/plots/line-chart";
import { lineChartCsv } from "@/components/plots/line-chart-csv";
import { LineChartLegend } from "@/components/plots/line-chart-legend";
import { PlotDownload } from "@/components/plots/plot-download";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { Segmented, ToggleButton } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import type { StepRange } from "@/lib/client/runs";
import type { RunDetail, RunSummary } from "@/lib/contract/run";
import { lossUnit, taskOf, tasks } from "@/lib/contract/tasks/tasks";
import { formatFixed } from "@/lib/numbers/format";
import { axisFormats, hasAxis, lossSeries, smoothingSteps, type XAxis, xAxes, xAxisNames } from "./curves";
import styles from "./run.module.css";
import { isOver } from "./run-status";
import { stepsWithin, xDomainOf } from "./step-range";
import { StepRangeField } from "./step-range-field";

type LossPanelProps = {
  detail: RunDetail;
  overlay: RunDetail | undefined;
  overlayId: string;
  /** Runs that could be laid over this one. */
  others: readonly RunSummary[];
  onOverlay: (runId: string) => void;
  axis: XAxis;
  onAxis: (axis: XAxis) => void;
  isLogY: boolean;
  onIsLogY: (isLogY: boolean) => void;
  /** The steps that are shown, if not all. */
  range: StepRange | null;
  onRange: (range: StepRange | null) => void;
};

const axisLabels: Record<XAxis, string> = { step: "Step", tokens: "Tokens", flops: "FLOPs", time: "Time" };
const lineName = `training, smoothed over ${smoothingSteps} steps`;

/** Training and held-out loss, another run over it if wanted. */
export function LossPanel(props: LossPanelProps) {
  const { detail, overlay, overlayId, others, onOverlay, axis, onAxis, isLogY, onIsLogY, range, onRange } = props;
  const svg = useRef<SVGSVGElement>(null);
  const series = useMemo(
    () => [
      lossSeries(detail, axis, "this run", false),
      ...(overlay && hasAxis(overlay, axis) ? [lossSeries(overlay, axis, overlay.run.name, true)] : []),
    ],
    [detail, overlay, axis],
  );
  const references = useMemo(() => baseLine(detail), [detail]);
  const xDomain = useMemo(() => xDomainOf(detail, axis, range), [detail, axis, range]);
  const zoom = (stretch: readonly [number, number]) => {
    const steps = stepsWithin(detail, axis, stretch);
    if (steps !== null) onRange(steps);
  };
  const hasNoLoss = detail.metrics.length === 0 && detail.evaluations.length === 0 && !detail.imported?.evaluations.length;
  const csv = () => lineChartCsv(series, { x: xAxisNames[axis], line: "training", point: "evaluation" });
  return (
    <Panel
      title="Loss"
      aside={
        <>
          <Select
            label="Overlay run"
            value={overlayId}
            options={[{ value: "", label: "No overlay" }, ...others.map((run) => ({ value: run.id, label: `Overlay: ${run.name}` }))]}
            onValueChange={onOverlay}
          />
          <Segmented
            label="Horizontal axis"
            value={axis}
            options={xAxes.map((value) => ({ value, label: axisLabels[value], isDisabled: !hasAxis(detail, value) }))}
            onValueChange={onAxis}
          />
          <ToggleButton isOn={isLogY} onIsOnChange={onIsLogY}>
            Log y
          </ToggleButton>
          {range === null ? null : (
            <Button look="quiet" onClick={() => onRange(null)}>
              Whole run
            </Button>
          )}
          <PlotDownload name={`${detail.run.name}-loss`} svgRef={svg} csv={csv} />
        </>
      }
    >
      {hasNoLoss && !overlay ? (
        <p className={styles["noLoss"]}>
          {detail.imported
            ? "No training log was imported."
            : isOver(detail.run)
              ? "No steps were completed."
              : "The curve appears after the first step."}
        </p>
      ) : (
        <>
          <LineChartLegend series={series} lineName={lineName} pointName="evaluation" />
          <LineChart
            svgRef={svg}
            height={chartHeight}
            series={series}
            references={references}
            xDomain={xDomain}
            isLogY={isLogY}
            hasEndLabels
            label={`Training and evaluation loss against ${xAxisNames[axis]}`}
            xLabel={xAxisNames[axis]}
            yLabel={lossUnit(tasks[taskOf(detail.config).kind].loss)}
            lineName="training"
            pointName="evaluation"
            formatValue={threeDecimals}
            formatX={axisFormats[axis]}
            onRange={zoom}
          />
          <StepRangeField range={range} steps={detail.run.steps} onRange={onRange} />
        </>
      )}
    </Panel>
  );
}

const chartHeight = (width: number) => (width < 420 ? 260 : 320);
const threeDecimals = (value: number) => formatFixed(value, 3);

function baseLine(detail: RunDetail) {
  const latest = detail.evaluations.at(-1);
  return latest === undefined
    ? []
    : [{ y: latest.baseLoss, label: `${tasks[taskOf(detail.config).kind].reference.name} ${formatFixed(latest.baseLoss, 3)}` }];
}
