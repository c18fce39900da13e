"use client";
import { type PointerEvent, type Ref, useRef, useState } from "react";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import { AxisX, AxisY } from "./axes";
import { BrushHandle } from "./brush-handle";
import { Drawing } from "./drawing";
import { type Bar, brushBetween, type HistogramInput, type HistogramLayout, labelLine, layOutHistogram } from "./histogram-layout";
import { type Mark, markColour } from "./mark";
import { Measured } from "./measured";
import { type PlacedMark, placeMarks } from "./place-marks";
import { ReadOutBox } from "./readout-box";

export type ValueRange = readonly [number, number];

type Looks = {
  readonly label: string;
  readonly xLabel?: string;
  /** What is counted, written above the axis. */
  readonly yLabel?: string;
  /** Bars at values below zero are drawn in the second colour. */
  readonly colour?: "activation" | "grey" | Mark;
  /** Values that stand out: quantiles, the largest. */
  readonly marks?: readonly { readonly label: string; readonly value: number; readonly isSolid?: boolean }[];
  readonly brush?: ValueRange | null;
  /** The brush is one of magnitudes: its mirror image belongs to it, and it has no handles. */
  readonly isMirrored?: boolean;
  /** With it the histogram can be brushed; null is no brush. */
  readonly onBrush?: (range: ValueRange | null) => void;
  readonly svgRef?: Ref<SVGSVGElement>;
};

type HistogramProps = Omit<HistogramInput, "width" | "height"> & Looks & { readonly height: number };

/** How one value is spread: a bar a bin, marks above, and, where it is wanted, a brush that chooses a range. */
export function Histogram({ height, ...rest }: HistogramProps) {
  return <Measured height={height}>{(width, tall) => <HistogramDrawing {...rest} width={width} height={tall} />}</Measured>;
}

/** The histogram at a known size. */
export function HistogramDrawing(props: HistogramInput & Looks) {
  const { width, height, label, xLabel, yLabel, brush = null, isMirrored = false, onBrush, svgRef, marks = [], isLogCount } = props;
  const placed = placedMarks(props);
  const layout = layOutHistogram({ ...props, labelLines: placed.some(({ level }) => level === 1) ? 2 : 1 });
  const start = useRef<number | null>(null);
  const [hovered, setHovered] = useState<Bar | null>(null);
  const { box, bars, position } = layout;
  const brushes: ValueRange[] = brush === null ? [] : isMirrored ? [brush, [-brush[1], -brush[0]]] : [brush];

  const pixelOf = (event: PointerEvent<SVGElement>) => {
    const at = event.clientX - (event.currentTarget.ownerSVGElement ?? event.currentTarget).getBoundingClientRect().left;
    return Math.min(box.right, Math.max(box.left, at));
  };
  const press = (event: PointerEvent<SVGRectElement>) => {
    if (onBrush === undefined) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = pixelOf(event);
  };
  const move = (event: PointerEvent<SVGRectElement>) => {
    const at = pixelOf(event);
    setHovered(bars.find((bar) => at >= bar.x && at < bar.x + bar.width) ?? null);
    const range = start.current === null ? null : brushBetween(layout, start.current, at);
    if (range !== null) onBrush?.(range);
  };
  const release = (event: PointerEvent<SVGRectElement>) => {
    if (start.current !== null && brushBetween(layout, start.current, pixelOf(event)) === null) onBrush?.(null);
    start.current = null;
  };

  return (
    <Drawing ref={svgRef} width={width} height={height} label={label} style={onBrush === undefined ? undefined : { touchAction: "pan-y" }}>
      <AxisY
        box={box}
        ticks={layout.yTicks}
        position={(count) => box.bottom - layout.height(count)}
        {...(yLabel === undefined ? {} : { label: isLogCount ? `${yLabel}, log` : yLabel })}
      />
      {brushes.map(([from, to]) => (
        <rect
          key={from}
          x={position(from)}
          y={box.top}
          width={Math.max(0, position(to) - position(from))}
          height={box.bottom - box.top}
          fill="var(--brush)"
        />
      ))}
      <Bars layout={layout} brushes={brushes} colour={props.colour ?? "grey"} hovered={hovered} />
      <AxisX box={box} ticks={layout.xTicks} position={position} {...(xLabel === undefined ? {} : { label: xLabel })} />
      <Marks box={box} marks={marks} placed={placed} />
      <rect
        x={box.left}
        y={box.top}
        width={box.right - box.left}
        height={box.bottom - box.top}
        fill="transparent"
        style={{ cursor: onBrush === undefined ? "default" : "crosshair" }}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerLeave={() => setHovered(null)}
      />
      {brush !== null && !isMirrored && onBrush !== undefined && <Handles layout={layout} brush={brush} onBrush={onBrush} />}
      {hovered !== null && start.current === null && (
        <ReadOutBox
          title={`${formatSignificant(hovered.from)} to ${formatSignificant(hovered.to)}`}
          columns={[]}
          rows={[{ key: "count", label: `${formatInteger(hovered.count)} ${yLabel ?? ""}`.trim(), values: [] }]}
          at={hovered.x + hovered.width / 2}
          left={2}
          right={width}
          top={box.top + 8}
        />
      )}
    </Drawing>
  );
}

type BarsProps = {
  readonly layout: HistogramLayout;
  readonly brushes: readonly ValueRange[];
  readonly colour: NonNullable<Looks["colour"]>;
  readonly hovered: Bar | null;
};

function Bars({ layout, brushes, colour, hovered }: BarsProps) {
  return layout.bars.map((bar) => {
    const isChosen = brushes.length === 0 || brushes.some(([from, to]) => bar.to > from && bar.from < to);
    const gap = bar.width > 4 ? 1.5 : 0.5;
    return (
      <rect
        key={bar.from}
        x={bar.x + gap / 2}
        y={bar.y}
        width={Math.max(0.5, bar.width - gap)}
        height={bar.height}
        rx={bar.width > 6 ? 1 : 0}
        fill={fillOf(bar, colour)}
        opacity={(isChosen ? 1 : 0.42) * (hovered === null || hovered.from === bar.from ? 1 : 0.85)}
      />
    );
  });
}

function fillOf(bar: Bar, colour: NonNullable<Looks["colour"]>): string {
  switch (colour) {
    case "activation":
      return bar.to <= 0 ? "var(--neg-mark)" : "var(--act-mark)";
    case "grey":
      return "var(--line-strong)";
    default:
      return markColour(colour);
  }
}

/** The marks at their pixels; the first line of labels starts where the name of the axis ends. */
function placedMarks({ marks = [], yLabel = "", ...input }: HistogramInput & Looks): readonly PlacedMark[] {
  const { box, position } = layOutHistogram(input);
  const left = yLabel.length * 6 + (input.isLogCount ? 34 : 10);
  return placeMarks(
    marks.map(({ label, value }) => ({ label, x: position(value) })),
    left,
    box.right + 12,
  );
}

type MarksProps = {
  readonly box: HistogramLayout["box"];
  readonly marks: NonNullable<Looks["marks"]>;
  readonly placed: readonly PlacedMark[];
};

/** Vertical lines at values that stand out. */
function Marks({ box, marks, placed }: MarksProps) {
  return placed.map(({ x, textX, anchor, level }, index) => {
    const mark = marks[index];
    return (
      <g key={mark?.label}>
        <line x1={x} x2={x} y1={box.top - 4} y2={box.bottom} stroke="var(--ink-2)" strokeDasharray={mark?.isSolid ? undefined : "2 2"} />
        {level !== null && (
          <text x={textX} y={box.top - 9 - level * labelLine} textAnchor={anchor} className="mid halo">
            {mark?.label}
          </text>
        )}
      </g>
    );
  });
}

type HandlesProps = { readonly layout: HistogramLayout; readonly brush: ValueRange; readonly onBrush: (range: ValueRange | null) => void };

function Handles({ layout, brush, onBrush }: HandlesProps) {
  const { box, position, invert, extent } = layout;
  const slot = layout.bars[0]?.width ?? 1;
  const moveTo = (end: 0 | 1, pixel: number) => {
    const value = invert(Math.min(box.right, Math.max(box.left, pixel)));
    onBrush(end === 0 ? [Math.min(value, brush[1]), brush[1]] : [brush[0], Math.max(value, brush[0])]);
  };
  return ([0, 1] as const).map((end) => (
    <BrushHandle
      key={end}
      label={end === 0 ? "From" : "To"}
      value={brush[end]}
      extent={extent}
      x={position(brush[end])}
      box={box}
      step={slot}
      onMove={(pixel) => moveTo(end, pixel)}
      onClear={() => onBrush(null)}
    />
  ));
}
