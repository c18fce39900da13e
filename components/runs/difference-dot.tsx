import { IntervalMark } from "@/components/plots/interval-mark";
import type { RunSummary } from "@/lib/contract/run";
import { formatSigned } from "@/lib/numbers/format";
import type { DifferenceAxis } from "./difference-axis";

/** A run's loss against its base model: dot and 95 % interval; hollow and grey if the interval includes 0. */
export function DifferenceDot({ run, axis }: { run: RunSummary; axis: DifferenceAxis }) {
  const evaluation = run.latestEvaluation;
  const height = 22;
  if (!evaluation || evaluation.answers != null) return <svg width={axis.width} height={height} aria-hidden="true" />;
  const half = evaluation.differenceHalfWidth;
  return (
    <svg viewBox={`0 0 ${axis.width} ${height}`} width={axis.width} height={height} aria-hidden="true">
      {axis.ticks.map((tick) => (
        <line key={tick} className={tick === 0 ? "axis-l" : "grid-l"} x1={axis.x(tick)} x2={axis.x(tick)} y1={0} y2={height} />
      ))}
      <IntervalMark
        at={axis.x(evaluation.difference)}
        ends={half === null ? null : [axis.x(evaluation.difference - half), axis.x(evaluation.difference + half)]}
        y={11}
        mark={run.method}
        excludesZero={half === null || Math.abs(evaluation.difference) > half}
      />
    </svg>
  );
}

/** The axis that all dots of a column share. */
export function DifferenceTicks({ axis }: { axis: DifferenceAxis }) {
  const step = Math.abs((axis.ticks[1] ?? 1) - (axis.ticks[0] ?? 0));
  const decimals = Math.max(0, Math.min(4, -Math.floor(Math.log10(step))));
  return (
    <svg viewBox={`0 0 ${axis.width} 22`} width={axis.width} height={22} aria-hidden="true">
      {axis.ticks.map((tick) => (
        <g key={tick}>
          <line className="axis-l" x1={axis.x(tick)} x2={axis.x(tick)} y1={18} y2={22} />
          <text x={axis.x(tick)} y={13} textAnchor="middle">
            {formatSigned(tick, decimals)}
          </text>
        </g>
      ))}
    </svg>
  );
}
