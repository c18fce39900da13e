import { MarkShape } from "@/components/plots/mark";
import type { RunSummary } from "@/lib/contract/run";
import { formatSigned } from "@/lib/numbers/format";
import type { DifferenceAxis } from "./difference-axis";

/** A run's loss against its base model: dot and 95 % interval; hollow and grey if the interval includes 0. */
export function DifferenceDot({ run, axis }: { run: RunSummary; axis: DifferenceAxis }) {
  const evaluation = run.latestEvaluation;
  const height = 22;
  if (!evaluation || evaluation.answers != null) return <svg width={axis.width} height={height} aria-hidden="true" />;
  const half = evaluation.differenceHalfWidth;
  const isTold = half === null || Math.abs(evaluation.difference) > half;
  const colour = isTold ? `var(--${run.method})` : "var(--ink-3)";
  const at = axis.x(evaluation.difference);
  return (
    <svg viewBox={`0 0 ${axis.width} ${height}`} width={axis.width} height={height} aria-hidden="true">
      {axis.ticks.map((tick) => (
        <line key={tick} className={tick === 0 ? "axis-l" : "grid-l"} x1={axis.x(tick)} x2={axis.x(tick)} y1={0} y2={height} />
      ))}
      {half === null ? null : (
        <line
          x1={axis.x(evaluation.difference - half)}
          x2={axis.x(evaluation.difference + half)}
          y1={11}
          y2={11}
          stroke={colour}
          strokeWidth={1.75}
        />
      )}
      {isTold ? (
        <MarkShape mark={run.method} x={at} y={11} radius={3.6} />
      ) : (
        <circle cx={at} cy={11} r={3.4} fill="var(--surface)" stroke={colour} strokeWidth={1.5} />
      )}
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
