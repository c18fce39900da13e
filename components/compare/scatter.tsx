"use client";
import { type PointerEvent, type RefObject, useState } from "react";
import { AxisX, AxisY } from "@/components/plots/axes";
import { Drawing } from "@/components/plots/drawing";
import { MarkShape, markColour } from "@/components/plots/mark";
import { Measured } from "@/components/plots/measured";
import { ReadOutBox } from "@/components/plots/readout-box";
import { shortened } from "@/lib/plots/shortened";
import { layOutScatter, nearestPoint, type PlacedPoint, type ScatterPoint, type ScatterSeries } from "./scatter-layout";

type ScatterProps = {
  readonly label: string;
  readonly series: readonly ScatterSeries[];
  readonly isLogX: boolean;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  readonly front?: readonly ScatterPoint[];
  readonly svgRef: RefObject<SVGSVGElement | null>;
};

const height = (width: number) => (width < 420 ? 280 : 316);

/** Sides as points with the range over their runs; hover or arrow keys show the values of one. */
export function Scatter(props: ScatterProps) {
  return <Measured height={height}>{(width, tall) => <ScatterDrawing {...props} width={width} height={tall} />}</Measured>;
}

type DrawingProps = ScatterProps & { readonly width: number; readonly height: number };

/** The plot at a known size. */
function ScatterDrawing({ width, height: tall, label, series, isLogX, xLabel, yLabel, formatX, formatY, front, svgRef }: DrawingProps) {
  const layout = layOutScatter({ width, height: tall, series, isLogX, formatX, ...(front === undefined ? {} : { front }) });
  const [chosen, setChosen] = useState<number | null>(null);
  const { box, points } = layout;
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const nearest = nearestPoint(layout, event.clientX - bounds.left, event.clientY - bounds.top);
    setChosen(nearest === null ? null : points.indexOf(nearest));
  };
  const shown = chosen === null ? undefined : points[chosen];
  return (
    <Drawing
      ref={svgRef}
      width={width}
      height={tall}
      label={label}
      hasKeys
      onPointerMove={follow}
      onPointerLeave={() => setChosen(null)}
      onBlur={() => setChosen(null)}
      onKeyDown={(event) => {
        const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (by === 0 || points.length === 0) return;
        event.preventDefault();
        setChosen((current) => (current === null ? 0 : (current + by + points.length) % points.length));
      }}
    >
      <AxisY box={box} ticks={layout.yTicks} position={layout.y} label={yLabel} />
      <AxisX box={box} ticks={layout.xTicks} position={layout.x} label={isLogX ? `${xLabel} (log)` : xLabel} />
      <path d={layout.frontPath} fill="none" stroke="var(--ink-3)" strokeDasharray="3 3" />
      {layout.lines.map(({ key, mark, path }) => (
        <path key={key} d={path} fill="none" stroke={markColour(mark)} strokeWidth={1.5} />
      ))}
      {points.map((point) => (
        <PointDrawing key={`${point.series.key} ${point.label} ${point.x}`} point={point} />
      ))}
      {shown !== undefined && (
        <ReadOutBox
          title={shown.label}
          columns={[]}
          rows={[
            { key: "x", label: `${xLabel} ${formatX(shown.x)}`, values: [] },
            { key: "y", label: `${yLabel} ${formatY(shown.y)}`, values: [] },
            ...(shown.high > shown.low
              ? [{ key: "range", label: `runs ${formatY(shown.low)} to ${formatY(shown.high)}`, values: [] }]
              : []),
          ]}
          at={shown.px}
          left={2}
          right={width}
          top={box.top + 4}
        />
      )}
    </Drawing>
  );
}

function PointDrawing({ point: { series, label, px, py, pLow, pHigh, anchor, nameY, isPale } }: { readonly point: PlacedPoint }) {
  const side = anchor === "start" ? 9 : -9;
  return (
    <g opacity={isPale ? 0.3 : 1}>
      <line x1={px} x2={px} y1={pLow} y2={pHigh} stroke={markColour(series.mark)} opacity={0.6} />
      <MarkShape mark={series.mark} x={px} y={py} radius={4.2} />
      {!series.isJoined && (
        <text x={px + side} y={nameY} textAnchor={anchor} className="mid halo">
          {shortened(label, 22)}
        </text>
      )}
    </g>
  );
}
