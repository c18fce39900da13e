"use client";
import type { Ref } from "react";
import { AxisX, AxisY } from "./axes";
import { Measured } from "./measured";
import { layOutTwoWayBars, type TwoWayBar } from "./two-way-bars-layout";

type TwoWayBarsProps = {
  readonly label: string;
  readonly bars: readonly TwoWayBar[];
  readonly height: number;
  readonly xDomain: readonly [number, number];
  readonly xLabel: string;
  /** Names of what goes up and of what goes down. */
  readonly upName: string;
  readonly downName: string;
  readonly colour: string;
  readonly svgRef?: Ref<SVGSVGElement>;
};

/** Two counts over a shared x: one grows upwards, the other downwards and paler. */
export function TwoWayBars({ height, ...rest }: TwoWayBarsProps) {
  return <Measured height={height}>{(width, tall) => <TwoWayBarsDrawing {...rest} width={width} height={tall} />}</Measured>;
}

/** The bars at a known size. */
export function TwoWayBarsDrawing({
  label,
  bars,
  width,
  height,
  xDomain,
  xLabel,
  upName,
  downName,
  colour,
  svgRef,
}: TwoWayBarsProps & { readonly width: number }) {
  const layout = layOutTwoWayBars(bars, width, height, xDomain);
  const { box, zero } = layout;
  return (
    <svg ref={svgRef} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <AxisY box={box} ticks={layout.yTicks} position={layout.y} />
      {layout.bars.map((bar) => (
        <g key={bar.x} fill={colour}>
          <title>{`${xLabel} ${bar.x}: ${bar.up} ${upName}, ${bar.down} ${downName}`}</title>
          <rect x={bar.left} y={bar.topY} width={bar.width} height={zero - bar.topY} />
          <rect x={bar.left} y={zero} width={bar.width} height={bar.bottomY - zero} opacity={0.4} />
        </g>
      ))}
      <AxisX box={box} ticks={layout.xTicks} position={layout.x} label={xLabel} />
      <text x={box.right} y={box.top + 10} textAnchor="end" className="mid halo">
        {upName}
      </text>
      <text x={box.right} y={box.bottom - 6} textAnchor="end" className="mid halo">
        {downName}
      </text>
    </svg>
  );
}
