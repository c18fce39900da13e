import { IntervalMark } from "@/components/plots/interval-mark";
import { MethodMark } from "@/components/shell/method-mark";
import type { BenchmarkMetric, BenchmarkScore } from "@/lib/contract/benchmark";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { RunMethod } from "@/lib/contract/run-config";
import { notMeasured } from "@/lib/numbers/format";
import { formatDifference, formatMetric, formatOwnInterval, metricWords } from "./benchmark-words";
import styles from "./benchmarks.module.css";
import { layOutInterval } from "./interval-layout";

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
        {lines.map((line) => (
          <MetricLine key={line.name} method={method} {...line} />
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

type MetricLineProps = Pick<MetricTableProps, "method"> & MetricTableProps["lines"][number];

function MetricLine({ method, name, note, metric, rows }: MetricLineProps) {
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
        <IntervalDrawing difference={metric.difference} method={method} />
      </td>
    </tr>
  );
}

/** Dot and interval around 0: filled if the interval excludes 0, hollow otherwise. The number next to it gives the same values. */
function IntervalDrawing({ difference, method }: { readonly difference: BenchmarkMetric["difference"]; readonly method: RunMethod }) {
  const [width, height] = [120, 18];
  const layout = layOutInterval(difference, width);
  if (layout === null) return null;
  const { zero, at, from, to, isTold } = layout;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <line className="axis-l" x1={zero} x2={zero} y1={0} y2={height} />
      <IntervalMark at={at} ends={[from, to]} y={height / 2} mark={method} excludesZero={isTold} />
    </svg>
  );
}
