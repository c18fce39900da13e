import { comparisonOf, metricLabel, metricText } from "@/components/shell/compared-with";
import { MethodMark } from "@/components/shell/method-mark";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import type { RunSummary } from "@/lib/contract/run";
import {
  formatBytes,
  formatCount,
  formatFixed,
  formatHalfWidth,
  formatInteger,
  formatSigned,
  formatSignificant,
  notMeasured,
} from "@/lib/numbers/format";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import type { DifferenceAxes } from "./difference-axis";
import { DifferenceDot } from "./difference-dot";
import type { RunColumnKey } from "./run-columns";
import { RunStateCell } from "./run-state-cell";
import styles from "./runs.module.css";

type RunCellProps = { run: RunSummary; column: RunColumnKey; axes: DifferenceAxes; now: Date };

/** What stands in one column of a run's row. */
export function RunCell({ run, column, axes, now }: RunCellProps) {
  const { cost, latestEvaluation } = run;
  switch (column) {
    case "method":
      return <MethodMark method={run.method} />;
    case "model":
      return <Named name={run.modelName} />;
    case "data":
      return <Named name={run.dataName} />;
    case "seed":
      return <Measured value={run.seed} write={String} />;
    case "parameters":
      return cost === null ? <NotMeasured /> : <Parameters cost={cost} />;
    case "loss":
      return latestEvaluation === null ? <NotMeasured /> : <Loss run={run} loss={latestEvaluation.loss} />;
    case "difference":
      return <AgainstBase run={run} />;
    case "plot":
      return <DrawnDifference run={run} axes={axes} />;
    case "rows":
      return <Measured value={latestEvaluation?.rows} write={formatInteger} />;
    case "step":
      return <Measured value={cost?.medianStepMs} write={formatSignificant} />;
    case "speed":
      return <Measured value={cost?.tokensPerSecond} write={formatCount} />;
    case "memory":
      return <Measured value={cost?.peakMemoryBytes} write={formatBytes} />;
    case "adapter":
      return <Measured value={cost?.adapterBytes} write={formatBytes} />;
    case "status":
      return <RunStateCell run={run} />;
    case "created":
      return <LocalTime at={run.startedAt ?? run.createdAt} format={(iso) => startedAt(iso, now)} />;
  }
}

/** A run's difference from its base model as a dot with its interval, where it can be drawn. */
export function DrawnDifference({ run, axes }: { run: RunSummary; axes: DifferenceAxes }) {
  const axis = axes.of(run);
  return axis === null ? null : <DifferenceDot run={run} axis={axis} hasTicks={axes.shared === null} />;
}

function Parameters({ cost }: { cost: NonNullable<RunSummary["cost"]> }) {
  return (
    <>
      {formatCount(cost.trainableParameters)} <span className={styles["active"]}>{formatCount(cost.activeParameters)}</span>
    </>
  );
}

function Named({ name }: { name: string }) {
  return (
    <span className={styles["named"]} title={name}>
      {name}
    </span>
  );
}

function Measured({ value, write }: { value: number | null | undefined; write: (value: number) => string }) {
  return value === null || value === undefined ? <NotMeasured /> : write(value);
}

function Loss({ run, loss }: { run: RunSummary; loss: number }) {
  return run.step < run.steps && run.status === "running" ? (
    <span className="dim">{formatFixed(loss, 3)} so far</span>
  ) : (
    <b>{formatFixed(loss, 3)}</b>
  );
}

/** The difference of the newest evaluation from its base, or the metric of answers. */
export function AgainstBase({ run }: { run: RunSummary }) {
  const evaluation = run.latestEvaluation;
  if (!evaluation) return <NotMeasured />;
  const [metric] = evaluation.answers ?? [];
  if (metric !== undefined) {
    return (
      <span title={comparisonOf(evaluation).says}>
        {metricText(metric, metric.value)} <span className="dim">{metricLabel(metric).toLowerCase()}</span>
      </span>
    );
  }
  const half = evaluation.differenceHalfWidth;
  return (
    <span title={tooFewWords(evaluation.rows) || undefined}>
      {formatSigned(evaluation.difference, 3)} {half === null ? null : <span className="dim">{formatHalfWidth(half, 3)}</span>}
    </span>
  );
}

function NotMeasured() {
  return <span className="dim">{notMeasured}</span>;
}
