import { IntervalMark } from "@/components/plots/interval-mark";
import { MethodMark } from "@/components/shell/method-mark";
import type { BenchmarkMetric, BenchmarkScore } from "@/lib/contract/benchmark";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { RunMethod } from "@/lib/contract/run-config";
import { formatSigned, notMeasured } from "@/lib/numbers/format";
import { formatDifference, formatMetric, formatOwnInterval, isShare, metricWords } from "./benchmark-words";
import styles from "./benchmarks.module.css";
import { type IntervalAxis, layOutAxis, layOutInterval } from "./interval-layout";

type MetricTableProps = {
  readonly method: RunMethod;
  /** One metric per line, with the name of the line. */
  readonly lines: readonly { readonly name: string; readonly note: string; readonly metric: BenchmarkMetric; readonly rows: number }[];
  /** Head of the first column. */
  readonly head: string;
  /** Name of the reference. */
  readonly base: string;
};

/** A run's metrics against its base model, with paired intervals. */
export function MetricTable({ method, lines, head, base }: MetricTableProps) {
  const axes = axesOf(lines);
  return (
    <table className={`readout ${styles["metrics"]}`}>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">
            <MethodMark method={method} />
          </th>
          <th scope="col">{base}</th>
          <th scope="col">
            difference <span className={styles["wide"]}>(95&#8239;% interval)</span>
          </th>
          <th scope="col" className={styles["drawn"]}>
            <span className="vh">Plot</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, at) => (
          <MetricLine
            key={line.name}
            method={method}
            axis={axes[at] ?? null}
            hasTicks={axes[at] !== null && axes[at] !== axes[at + 1]}
            {...line}
          />
        ))}
      </tbody>
    </table>
  );
}

/** The metrics of a score as lines. */
export function metricLines({ metrics, rows }: Pick<BenchmarkScore, "metrics" | "rows">, task: BenchmarkTask): MetricTableProps["lines"] {
  return metrics.map((metric) => {
    const { label, unit } = metricWords(metric.name, task);
    return { name: label, note: unit, metric, rows };
  });
}

const axisWidth = 136;

/** The axis of each line. Lines of one unit share an axis; all shares of rows, in percent, are one unit. */
function axesOf(lines: MetricTableProps["lines"]): (IntervalAxis | null)[] {
  const unitOf = ({ name }: BenchmarkMetric) => (isShare(name) ? "share" : name);
  const units = [...new Set(lines.map(({ metric }) => unitOf(metric)))];
  const axes = new Map(
    units.map((unit) => {
      const own = lines.filter(({ metric }) => unitOf(metric) === unit);
      return [
        unit,
        layOutAxis(
          own.map(({ metric }) => metric.difference),
          axisWidth,
        ),
      ];
    }),
  );
  return lines.map(({ metric }) => axes.get(unitOf(metric)) ?? null);
}

type MetricLineProps = Pick<MetricTableProps, "method"> &
  MetricTableProps["lines"][number] & {
    readonly axis: IntervalAxis | null;
    /** Whether the axis's numbers stand below: this is its last line. */
    readonly hasTicks: boolean;
  };

function MetricLine({ method, name, note, metric, rows, axis, hasTicks }: MetricLineProps) {
  const difference = formatDifference(metric, rows);
  return (
    <tr>
      <th scope="row">
        {name} <span className={`tiny dim ${styles["unit"]}`}>{note}</span>
      </th>
      <td>
        <b className="strong">{formatMetric(metric.name, metric.adapter)}</b>{" "}
        {metric.interval !== null && <span className={`dim ${styles["interval"]}`}>({formatOwnInterval(metric)})</span>}
      </td>
      <td>{metric.base === null ? notMeasured : formatMetric(metric.name, metric.base)}</td>
      <td>
        {difference === null ? (
          notMeasured
        ) : (
          <>
            {difference.value} <span className={`dim ${styles["interval"]}`}>({difference.interval})</span>
          </>
        )}
      </td>
      <td className={styles["drawn"]}>
        {axis === null ? null : <IntervalDrawing metric={metric} method={method} axis={axis} hasTicks={hasTicks} />}
      </td>
    </tr>
  );
}

type IntervalDrawingProps = {
  readonly metric: BenchmarkMetric;
  readonly method: RunMethod;
  readonly axis: IntervalAxis;
  readonly hasTicks: boolean;
};

/** Dot and interval around 0: filled if the interval excludes 0, hollow otherwise. The number next to it gives the same values. */
function IntervalDrawing({ metric, method, axis, hasTicks }: IntervalDrawingProps) {
  const height = 18;
  const full = hasTicks ? height + 14 : height;
  const layout = layOutInterval(metric.difference, axis);
  const scale = isShare(metric.name) ? 100 : 1;
  const decimals = Math.max(0, axis.decimals - (scale === 100 ? 2 : 0));
  return (
    <svg viewBox={`0 0 ${axisWidth} ${full}`} width={axisWidth} height={full} aria-hidden="true">
      {axis.ticks.map((tick) => (
        <g key={tick}>
          <line className={tick === 0 ? "axis-l" : "grid-l"} x1={axis.x(tick)} x2={axis.x(tick)} y1={0} y2={height} />
          {hasTicks ? (
            <text x={axis.x(tick)} y={full - 3} textAnchor="middle">
              {formatSigned(scale * tick, decimals)}
            </text>
          ) : null}
        </g>
      ))}
      {layout === null ? null : (
        <IntervalMark at={layout.at} ends={[layout.from, layout.to]} y={height / 2} mark={method} excludesZero={layout.excludesZero} />
      )}
    </svg>
  );
}
