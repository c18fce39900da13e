import type { Tick } from "@/lib/numbers/ticks";
import type { PlotBox } from "./line-chart-layout";

type AxisXProps = {
  readonly box: PlotBox;
  readonly ticks: readonly Tick[];
  readonly position: (value: number) => number;
  readonly label?: string;
};

/** The line under a plot with its ticks; the name stands at its right end. */
export function AxisX({ box, ticks, position, label }: AxisXProps) {
  return (
    <g>
      <line className="axis-l" x1={box.left} x2={box.right} y1={box.bottom} y2={box.bottom} />
      {ticks.map((tick) => (
        <g key={tick.value} transform={`translate(${position(tick.value)},${box.bottom})`}>
          <line className="axis-l" y2={4} />
          <text y={15} textAnchor="middle">
            {tick.label}
          </text>
        </g>
      ))}
      {label !== undefined && (
        <text x={box.right} y={box.bottom + 30} textAnchor="end">
          {label}
        </text>
      )}
    </g>
  );
}

/** Hairlines across a plot with their values at the left; the unit stands above. */
export function AxisY({ box, ticks, position, label }: AxisXProps) {
  return (
    <g>
      {ticks.map((tick) => (
        <g key={tick.value} transform={`translate(0,${position(tick.value)})`}>
          <line className="grid-l" x1={box.left} x2={box.right} />
          <text x={box.left - 7} y={3.5} textAnchor="end">
            {tick.label}
          </text>
        </g>
      ))}
      {label !== undefined && (
        <text x={2} y={box.top - 10}>
          {label}
        </text>
      )}
    </g>
  );
}
