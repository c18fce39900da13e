"use client";
import { type KeyboardEvent, type PointerEvent, type Ref, useId, useMemo, useState } from "react";
import { formatSignificant, notMeasured } from "@/lib/numbers/format";
import { tickLabel } from "@/lib/numbers/ticks";
import { AxisX, AxisY } from "./axes";
import { Drawing } from "./drawing";
import { type LineChartInput, type LineChartLayout, layOutLineChart, nearestStop, readOut } from "./line-chart-layout";
import { MarkShape, markColour } from "./mark";
import { Measured } from "./measured";
import { ReadOutBox } from "./readout-box";
import { pixelOf, useRangeDrag } from "./use-range-drag";

type Names = {
  /** For people who do not see the drawing: what is drawn against what. */
  readonly label: string;
  readonly xLabel?: string;
  /** Unit of y, written above the axis. */
  readonly yLabel?: string;
  /** Heads of the read-out's columns. */
  readonly lineName?: string;
  readonly pointName?: string;
  /** Values in the read-out; by default 4 significant digits. */
  readonly formatValue?: (value: number) => string;
};

type Behaviour = {
  readonly svgRef?: Ref<SVGSVGElement>;
  /** Makes a stretch of x selectable by dragging; called once, when the drag ends. */
  readonly onRange?: (range: readonly [number, number]) => void;
};

type LineChartProps = Omit<LineChartInput, "width" | "height"> &
  Names &
  Behaviour & { readonly height: number | ((width: number) => number) };

/** Lines over a shared x with points, references, labels at line ends and a read-out that follows the pointer or the arrow keys. */
export function LineChart({ height, ...rest }: LineChartProps) {
  return <Measured height={height}>{(width, tall) => <LineChartDrawing {...rest} width={width} height={tall} />}</Measured>;
}

type DrawingProps = LineChartInput & Names & Behaviour;

/** The chart at a known size. */
export function LineChartDrawing(props: DrawingProps) {
  const { width, height, label, xLabel, yLabel, svgRef, onRange, ...names } = props;
  const layout = useLayout(props);
  const [at, setAt] = useState<number | null>(null);
  const clip = useId();
  const { box, x, y } = layout;
  const drag = useRangeDrag(layout, onRange);

  const follow = (event: PointerEvent<SVGSVGElement>) => {
    setAt(nearestStop(layout, pixelOf(event)));
    drag.move(event);
  };
  const step = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      drag.cancel();
      return setAt(null);
    }
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    setAt((current) => stopBeside(layout, current, event.key === "ArrowRight" ? 1 : -1));
  };

  return (
    <Drawing
      ref={svgRef}
      width={width}
      height={height}
      label={label}
      hasKeys
      style={onRange === undefined ? undefined : { userSelect: "none", cursor: "crosshair" }}
      onPointerDown={drag.begin}
      onPointerMove={follow}
      onPointerUp={drag.end}
      onPointerCancel={drag.cancel}
      onPointerLeave={() => setAt(null)}
      onKeyDown={step}
      onBlur={() => setAt(null)}
    >
      <clipPath id={clip}>
        {/* A mark at the edge is whole. */}
        <rect x={box.left - 4} y={box.top - 4} width={box.right - box.left + 8} height={box.bottom - box.top + 8} />
      </clipPath>
      <AxisY
        box={box}
        ticks={layout.yTicks}
        position={y}
        {...(yLabel === undefined ? {} : { label: props.isLogY ? `${yLabel}, log` : yLabel })}
      />
      <AxisX box={box} ticks={layout.xTicks} position={x} {...(xLabel === undefined ? {} : { label: xLabel })} />
      <References {...props} layout={layout} />
      <g clipPath={`url(#${clip})`}>
        <Lines layout={layout} />
      </g>
      {drag.selected && (
        <rect
          x={drag.selected[0]}
          width={drag.selected[1] - drag.selected[0]}
          y={box.top}
          height={box.bottom - box.top}
          fill="var(--ink-3)"
          opacity={0.16}
        />
      )}
      <EndLabels layout={layout} format={names.formatValue ?? readingOf} />
      {at !== null && <HoverReadOut layout={layout} at={at} {...props} />}
    </Drawing>
  );
}

function useLayout(input: LineChartInput): LineChartLayout {
  const { width, height, series, references, xDomain, yIncludes, isLogY, hasEndLabels, formatX, formatY } = input;
  return useMemo(
    () =>
      layOutLineChart({
        width,
        height,
        series,
        ...(references === undefined ? {} : { references }),
        ...(xDomain === undefined ? {} : { xDomain }),
        ...(yIncludes === undefined ? {} : { yIncludes }),
        ...(isLogY === undefined ? {} : { isLogY }),
        ...(hasEndLabels === undefined ? {} : { hasEndLabels }),
        ...(formatX === undefined ? {} : { formatX }),
        ...(formatY === undefined ? {} : { formatY }),
      }),
    [width, height, series, references, xDomain, yIncludes, isLogY, hasEndLabels, formatX, formatY],
  );
}

function Lines({ layout }: { readonly layout: LineChartLayout }) {
  const { x, y } = layout;
  return (
    <g fill="none" strokeLinejoin="round" strokeLinecap="round">
      {layout.drawn.map(({ series, bandPath }) =>
        bandPath === "" ? null : (
          <path key={series.key} d={bandPath} fill={markColour(series.mark)} opacity={series.isSecond ? 0.12 : 0.22} />
        ),
      )}
      {layout.drawn.map(({ series, rawPath }) => (
        <path key={series.key} d={rawPath} stroke={markColour(series.mark)} strokeWidth={1} opacity={0.22} />
      ))}
      {layout.drawn.map(({ series, linePath, aheadPath, pointsPath }) => (
        <g key={series.key} stroke={markColour(series.mark)} opacity={series.isSecond ? 0.6 : 1}>
          <path d={linePath} strokeWidth={series.isSecond ? 1.25 : 1.75} />
          <path d={aheadPath} strokeWidth={1.5} strokeDasharray="2 3" opacity={0.7} />
          <path d={pointsPath} strokeWidth={1} opacity={0.5} />
        </g>
      ))}
      {layout.drawn.map(({ series, marks }) => (
        <g key={series.key}>
          {marks.map((point) => (
            <MarkShape
              key={point.x}
              mark={series.mark}
              x={x(point.x)}
              y={y(point.y)}
              radius={series.isSecond ? 2.6 : 3}
              isOpen={series.isSecond ?? false}
            />
          ))}
        </g>
      ))}
    </g>
  );
}

function References({ references = [], layout }: LineChartInput & { readonly layout: LineChartLayout }) {
  const { box, y } = layout;
  return references.map((reference) => (
    <g key={reference.label}>
      <line x1={box.left} x2={box.right} y1={y(reference.y)} y2={y(reference.y)} stroke="var(--base)" strokeDasharray="2 3" />
      <text x={box.right - 2} y={y(reference.y) - 5} textAnchor="end" className="halo">
        {reference.label}
      </text>
    </g>
  ));
}

function EndLabels({ layout, format }: { readonly layout: LineChartLayout; readonly format: (value: number) => string }) {
  const room = 15;
  return layout.endLabels.map((end) => (
    <g key={end.key} transform={`translate(${layout.box.right + 8},${end.y})`}>
      <text y={1} className="b" style={{ fill: markColour(end.mark) }}>
        {end.label.length > room ? `${end.label.slice(0, room - 1)}…` : end.label}
        <title>{end.label}</title>
      </text>
      <text y={14}>{format(end.value)}</text>
    </g>
  ));
}

function HoverReadOut({
  layout,
  at,
  lineName,
  pointName,
  formatValue = readingOf,
  formatX,
  width,
}: DrawingProps & { readonly layout: LineChartLayout; readonly at: number }) {
  const { box, x } = layout;
  const values = readOut(layout, at);
  const hasPoints = values.some(({ series }) => (series.points ?? []).length > 0);
  const hasLines = values.some(({ series }) => (series.line ?? []).length > 0);
  const columns = [...(hasPoints ? [pointName ?? "point"] : []), ...(hasLines ? [lineName ?? "value"] : [])];
  const write = (value: number | null) => (value === null ? notMeasured : formatValue(value));
  return (
    <g>
      <line x1={x(at)} x2={x(at)} y1={box.top} y2={box.bottom} stroke="var(--ink-3)" />
      <ReadOutBox
        title={formatX === undefined ? tickLabel(at, 1) : formatX(at)}
        columns={columns}
        rows={values.map(({ series, line, point }) => ({
          key: series.key,
          label: series.label,
          mark: series.mark,
          values: [...(hasPoints ? [write(point)] : []), ...(hasLines ? [write(line)] : [])],
        }))}
        at={x(at)}
        left={2}
        right={width}
        top={box.top + 6}
      />
    </g>
  );
}

function stopBeside(layout: LineChartLayout, current: number | null, direction: 1 | -1): number | null {
  if (current === null) return layout.stops.at(direction === 1 ? 0 : -1) ?? null;
  const index = layout.stops.indexOf(current);
  return layout.stops[Math.min(layout.stops.length - 1, Math.max(0, index + direction))] ?? null;
}

function readingOf(value: number): string {
  return formatSignificant(value, 4);
}
