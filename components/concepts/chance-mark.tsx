import { scaleLinear } from "d3";
import { IntervalMark } from "@/components/plots/interval-mark";
import type { Mark } from "@/components/plots/mark";

type ChanceMarkProps = {
  readonly mark: Mark;
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
  /** What says nothing, where a line is. */
  readonly chance?: number;
};

const width = 120;
const height = 18;
const x = scaleLinear([0, 1], [5, width - 5]);

/** The numbers of the axis, for the head of a column of marks. */
export function ChanceTicks() {
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      {[0, 0.5, 1].map((tick) => (
        <text key={tick} x={x(tick)} y={height - 4} textAnchor={tick === 0 ? "start" : tick === 1 ? "end" : "middle"}>
          {tick}
        </text>
      ))}
    </svg>
  );
}

/** A share with its interval on the axis from 0 to 1, with a line at chance. The number beside it says the same. */
export function ChanceMark({ mark, value, interval: [low, high], chance = 0.5 }: ChanceMarkProps) {
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      {[0, 1].map((end) => (
        <line key={end} className="grid-l" x1={x(end)} x2={x(end)} y1={2} y2={height - 2} />
      ))}
      <line className="axis-l" x1={x(chance)} x2={x(chance)} y1={0} y2={height} />
      <IntervalMark at={x(value)} ends={[x(low), x(high)]} y={height / 2} mark={mark} excludesZero={low > chance || high < chance} />
    </svg>
  );
}
