"use client";
import { max } from "d3";
import { type ReactNode, useMemo } from "react";
import { LineChart } from "@/components/plots/line-chart";
import type { LineSeries, Reference } from "@/components/plots/line-chart-layout";
import { Panel } from "@/components/ui/panel";
import type { StepRange } from "@/lib/client/runs";
import type { RunDetail } from "@/lib/contract/run";
import { formatCount, formatSetting, formatSignificant } from "@/lib/numbers/format";
import { axisFormats, gradientNorms, placeOfStep, pointsOf, shortAxisNames, throughputPoints, type XAxis, xAxisNames } from "./curves";
import styles from "./run.module.css";
import { isOver } from "./run-status";
import { scheduledRate } from "./scheduled-rate";
import { xDomainOf } from "./step-range";

type StepChartProps = { detail: RunDetail; axis: XAxis; range: StepRange | null };

/** Learning rate so far, and as planned. */
export function LearningRateChart({ detail, axis, range }: StepChartProps) {
  const series = useMemo((): LineSeries[] => {
    const place = placeOfStep(detail, axis);
    const { training } = detail.config;
    const from = detail.run.step;
    const ahead = [];
    if (training !== null) {
      const stride = Math.max(1, Math.floor((training.steps - from) / 80));
      for (let step = Math.max(1, from); step <= training.steps; step += stride)
        ahead.push({ x: place(step), y: scheduledRate(training, step) });
    }
    const isToCome = detail.run.status === "running" || detail.run.status === "queued";
    return [
      {
        key: "rate",
        label: "learning rate",
        mark: detail.run.method,
        line: pointsOf(detail, axis, (metrics) => metrics.learningRate),
        ...(isToCome && range === null && (axis === "step" || from > 0) ? { ahead } : {}),
      },
    ];
  }, [detail, axis, range]);
  const now = detail.metrics.at(-1)?.learningRate ?? null;
  return (
    <SmallChart
      title="Learning rate"
      now={now === null ? "" : formatSignificant(now)}
      yIncludes={fromZero}
      series={series}
      detail={detail}
      axis={axis}
      range={range}
    />
  );
}

/** Global gradient norm before clipping, with the norm at which it is clipped. */
export function GradientNormChart({ detail, axis, range }: StepChartProps) {
  // Of a run that was trained elsewhere the clip is not known.
  const clip = detail.config.training?.clipNorm;
  const series = useMemo(
    (): LineSeries[] => [{ key: "norm", label: "gradient norm", mark: detail.run.method, ...gradientNorms(detail, axis) }],
    [detail, axis],
  );
  const highest = useMemo(
    () => max(detail.metrics, ({ gradNormHigh }) => (Number.isFinite(gradNormHigh) ? gradNormHigh : 0)) ?? 0,
    [detail],
  );
  const references = useMemo(
    () => (clip === null || clip === undefined || highest < clip * leastShareOfClip ? [] : [{ y: clip, label: "clip" }]),
    [clip, highest],
  );
  const now = detail.metrics.at(-1)?.gradNorm ?? null;
  const clipping = clip === undefined ? "" : clip === null ? ", not clipped" : `, clipped at ${formatSetting(clip)}`;
  const facts = now === null ? "" : `${formatSignificant(now)}${clipping}`;
  return (
    <SmallChart
      title="Gradient norm"
      now={facts}
      yIncludes={fromZero}
      references={references}
      series={series}
      detail={detail}
      axis={axis}
      range={range}
    />
  );
}

/** Tokens a second, evaluations and checkpoints left out. */
export function ThroughputChart({ detail, axis, range }: StepChartProps) {
  const series = useMemo(
    (): LineSeries[] => [{ key: "throughput", label: "tokens/s", mark: detail.run.method, line: throughputPoints(detail, axis) }],
    [detail, axis],
  );
  const median = detail.run.cost?.tokensPerSecond;
  return (
    <SmallChart
      title="Throughput"
      now={median === null || median === undefined ? "" : `${formatCount(Math.round(median))} tokens/s`}
      yIncludes={fromZero}
      series={series}
      detail={detail}
      axis={axis}
      range={range}
      yLabel="tokens/s"
    />
  );
}

const fromZero = [0];
/** Norms below this share of the clip are drawn without it: its line would press them flat, and the title names it. */
const leastShareOfClip = 0.25;

type SmallChartProps = StepChartProps & {
  title: string;
  now: ReactNode;
  series: LineSeries[];
  references?: Reference[];
  yIncludes?: readonly number[];
  yLabel?: string;
};

function SmallChart({ title, now, series, references, yIncludes, yLabel, detail, axis, range }: SmallChartProps) {
  const xDomain = useMemo(() => xDomainOf(detail, axis, range), [detail, axis, range]);
  return (
    <Panel title={title} level={3} aside={<span className="small dim">{now}</span>}>
      {series.every(isEmpty) ? (
        <p className={styles["noPoints"]}>
          {detail.imported
            ? "Not in the trainer’s log."
            : isOver(detail.run)
              ? "No steps were completed."
              : "Available after the first steps."}
        </p>
      ) : (
        <LineChart
          height={148}
          series={series}
          xDomain={xDomain}
          label={`${title} against ${xAxisNames[axis]}`}
          xLabel={shortAxisNames[axis]}
          formatX={axisFormats[axis]}
          formatValue={formatSignificant}
          lineName={title.toLowerCase()}
          {...(references === undefined ? {} : { references })}
          {...(yIncludes === undefined ? {} : { yIncludes })}
          {...(yLabel === undefined ? {} : { yLabel })}
        />
      )}
    </Panel>
  );
}

function isEmpty(series: LineSeries): boolean {
  return ![series.line, series.raw, series.points, series.ahead].some((points) => points && points.length > 0);
}
