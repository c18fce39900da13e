"use client";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { ariaNumber } from "@/components/ui/aria-number";
import styles from "./brush.module.css";
import { binsOfRange, type ColumnRange, rangeOfBins } from "./column-range";
import { type Bin, layOutHistogram } from "./histogram-layout";

type ColumnHistogramProps = {
  /** Names the column, for the controls. */
  readonly label: string;
  readonly bins: readonly Bin[];
  readonly range: ColumnRange;
  readonly onRange: (range: ColumnRange) => void;
  readonly width: number;
  /** The ends of the axis, as text. */
  readonly ends: readonly [string, string];
  readonly format: (value: number) => string;
};

const height = 40;
const baseline = 24;
/** Pixels around an end of the range in which a press takes hold of it. */
const reach = 4;

/** The distribution of a table's column, small, in its head: a drag over it filters the rows to whole bins. */
export function ColumnHistogram({ label, bins, range, onRange, width, ends, format }: ColumnHistogramProps) {
  const [dragged, setDragged] = useState<{ readonly from: number; readonly to: number; readonly hasMoved: boolean } | null>(null);
  // Heights follow the square root of the count, so that thin tails are seen.
  const layout = layOutHistogram({
    width,
    height,
    bins: bins.map((bin) => ({ ...bin, count: Math.sqrt(bin.count) })),
    isLogCount: false,
    isLogValue: false,
    ticks: [],
    margin: { left: 0, right: 0, top: 2, bottom: height - baseline },
  });
  const chosen =
    dragged === null ? binsOfRange(bins, range) : { first: Math.min(dragged.from, dragged.to), last: Math.max(dragged.from, dragged.to) };
  const slot = width / Math.max(1, bins.length);
  const binAt = (event: PointerEvent<SVGElement>) => {
    const left = event.currentTarget.getBoundingClientRect().left;
    return Math.min(bins.length - 1, Math.max(0, Math.floor((event.clientX - left) / slot)));
  };
  const start = (event: PointerEvent<SVGElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const to = binAt(event);
    const pixel = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setDragged({ from: chosen === null ? to : fixedEnd(chosen, pixel, slot, to), to, hasMoved: false });
  };
  const finish = () => {
    if (dragged === null) return;
    // A click without a drag lifts the filter.
    onRange(
      !dragged.hasMoved && binsOfRange(bins, range) !== null ? { min: null, max: null } : rangeOfBins(bins, dragged.from, dragged.to),
    );
    setDragged(null);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a drawing
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="group"
      aria-label={`Distribution of ${label}; drag to filter, or move its ends with the arrow keys`}
      style={{ touchAction: "none", cursor: "crosshair", userSelect: "none" }}
      onPointerDown={start}
      onPointerMove={(event) => {
        if (dragged !== null && binAt(event) !== dragged.to) setDragged({ from: dragged.from, to: binAt(event), hasMoved: true });
      }}
      onPointerUp={finish}
      onPointerCancel={() => setDragged(null)}
    >
      <rect width={width} height={baseline} fill="transparent" />
      {layout.bars.map((bar, index) => {
        const isChosen = chosen !== null && index >= chosen.first && index <= chosen.last;
        return (
          <rect
            key={bar.from}
            x={bar.x + 0.25}
            y={bar.y}
            width={Math.max(0.5, bar.width - 1)}
            height={bar.height}
            fill={isChosen ? "var(--accent)" : "var(--line-strong)"}
            opacity={chosen === null || isChosen ? 1 : 0.7}
          />
        );
      })}
      <line className="axis-l" x2={width} y1={baseline + 0.5} y2={baseline + 0.5} />
      {chosen !== null && (
        <rect
          x={chosen.first * slot}
          width={Math.max(0, (chosen.last + 1 - chosen.first) * slot)}
          height={baseline}
          fill="var(--brush)"
          pointerEvents="none"
        />
      )}
      <Ends chosen={chosen} slot={slot} label={label} bins={bins} onRange={onRange} format={format} />
      <text x={0} y={36}>
        {ends[0]}
      </text>
      <text x={width} y={36} textAnchor="end">
        {ends[1]}
      </text>
    </svg>
  );
}

/** A drag that begins at an end of the range moves that end: the bin that stays is the other one. */
function fixedEnd(chosen: { readonly first: number; readonly last: number }, pixel: number, slot: number, pressed: number): number {
  if (Math.abs(pixel - chosen.first * slot) <= reach) return chosen.last;
  if (Math.abs(pixel - (chosen.last + 1) * slot) <= reach) return chosen.first;
  return pressed;
}

type EndsProps = Pick<ColumnHistogramProps, "label" | "bins" | "onRange" | "format"> & {
  readonly chosen: { readonly first: number; readonly last: number } | null;
  readonly slot: number;
};

/** The two ends of the range, moved with the arrow keys. Without a range they lie at the outermost bins and are seen when they have the focus. */
function Ends({ chosen, slot, label, bins, onRange, format }: EndsProps) {
  const { first, last } = chosen ?? { first: 0, last: bins.length - 1 };
  const move = (end: "first" | "last", event: KeyboardEvent) => {
    const by = steps[event.key] ?? 0;
    if (event.key === "Escape" || event.key === "Delete") onRange({ min: null, max: null });
    else if (by === 0) return;
    else if (end === "first") onRange(rangeOfBins(bins, Math.min(Math.max(0, first + by), last), last));
    else onRange(rangeOfBins(bins, first, Math.max(Math.min(bins.length - 1, last + by), first)));
    event.preventDefault();
    event.stopPropagation();
  };
  return (["first", "last"] as const).map((end) => {
    const value = end === "first" ? (bins[first]?.from ?? 0) : (bins[last]?.to ?? 0);
    const x = end === "first" ? first * slot : (last + 1) * slot;
    return (
      <line
        key={end}
        className={styles["end"]}
        x1={x}
        x2={x}
        y2={baseline}
        stroke={chosen === null ? "transparent" : "var(--accent)"}
        strokeWidth={2}
        role="slider"
        tabIndex={0}
        aria-label={end === "first" ? `Least ${label}` : `Largest ${label}`}
        aria-valuemin={ariaNumber(bins[0]?.from ?? 0)}
        aria-valuemax={ariaNumber(bins.at(-1)?.to ?? 0)}
        aria-valuenow={ariaNumber(value)}
        aria-valuetext={format(value)}
        onKeyDown={(event) => move(end, event)}
      />
    );
  });
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 };
