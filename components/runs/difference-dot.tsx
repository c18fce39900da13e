import { IntervalMark } from "@/components/plots/interval-mark";
import type { RunSummary } from "@/lib/contract/run";
import { formatSigned } from "@/lib/numbers/format";
import { decimalsOf } from "@/lib/numbers/ticks";
import { type DifferenceAxis, isDrawn } from "./difference-axis";

type DifferenceDotProps = {
  run: RunSummary;
  axis: DifferenceAxis;
  /** Writes the axis's numbers below, where not all rows share one axis. */
  hasTicks?: boolean;
};

/** A run's loss against its base model: dot and 95 % interval; hollow and grey if the interval includes 0. */
export function DifferenceDot({ run, axis, hasTicks = false }: DifferenceDotProps) {
  const evaluation = run.latestEvaluation;
  const height = 22;
  const full = hasTicks ? height + 12 : height;
  if (!evaluation || !isDrawn(run)) return <svg width={axis.width} height={height} aria-hidden="true" />;
  const half = evaluation.differenceHalfWidth;
  const decimals = tickDecimals(axis);
  return (
    <svg viewBox={`0 0 ${axis.width} ${full}`} width={axis.width} height={full} aria-hidden="true">
      {axis.ticks.map((tick) => (
        <line key={tick} className={tick === 0 ? "axis-l" : "grid-l"} x1={axis.x(tick)} x2={axis.x(tick)} y1={0} y2={height} />
      ))}
      {hasTicks
        ? axis.ticks.map((tick) => (
            <text key={tick} x={axis.x(tick)} y={full - 2} textAnchor="middle">
              {formatSigned(tick, decimals)}
            </text>
          ))
        : null}
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
  const decimals = tickDecimals(axis);
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

function tickDecimals({ ticks }: DifferenceAxis): number {
  return Math.min(4, decimalsOf((ticks[1] ?? 1) - (ticks[0] ?? 0)));
}
