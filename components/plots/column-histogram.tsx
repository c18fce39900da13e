"use client";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
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

const height = 42;
const baseline = 26;

/** The distribution of a table's column, small, in its head: a drag over it filters the rows to whole bins. */
export function ColumnHistogram({ label, bins, range, onRange, width, ends, format }: ColumnHistogramProps) {
  const [dragged, setDragged] = useState<{ readonly from: number; readonly to: number } | null>(null);
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
  const finish = () => {
    if (dragged === null) return;
    // A click without a drag lifts the filter.
    onRange(
      dragged.from === dragged.to && binsOfRange(bins, range) !== null
        ? { min: null, max: null }
        : rangeOfBins(bins, dragged.from, dragged.to),
    );
    setDragged(null);
  };
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Distribution of ${label}; drag to filter`}
      style={{ touchAction: "none", cursor: "crosshair" }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged({ from: binAt(event), to: binAt(event) });
      }}
      onPointerMove={(event) => {
        if (dragged !== null) setDragged({ from: dragged.from, to: binAt(event) });
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
      {chosen !== null && <Chosen chosen={chosen} slot={slot} label={label} bins={bins} onRange={onRange} format={format} />}
      <text x={0} y={38}>
        {ends[0]}
      </text>
      <text x={width} y={38} textAnchor="end">
        {ends[1]}
      </text>
    </svg>
  );
}

type ChosenProps = Pick<ColumnHistogramProps, "label" | "bins" | "onRange" | "format"> & {
  readonly chosen: { readonly first: number; readonly last: number };
  readonly slot: number;
};

function Chosen({ chosen, slot, label, bins, onRange, format }: ChosenProps) {
  const left = chosen.first * slot;
  const right = (chosen.last + 1) * slot;
  const move = (end: "first" | "last", event: KeyboardEvent) => {
    const sign = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.key === "Escape" || event.key === "Delete") onRange({ min: null, max: null });
    else if (sign === 0) return;
    else if (end === "first") onRange(rangeOfBins(bins, Math.min(chosen.first + sign, chosen.last), chosen.last));
    else onRange(rangeOfBins(bins, chosen.first, Math.max(chosen.last + sign, chosen.first)));
    event.preventDefault();
  };
  return (
    <g>
      <rect x={left} width={Math.max(0, right - left)} height={baseline} fill="var(--brush)" />
      {(["first", "last"] as const).map((end) => {
        const value = end === "first" ? (bins[chosen.first]?.from ?? 0) : (bins[chosen.last]?.to ?? 0);
        return (
          <line
            key={end}
            x1={end === "first" ? left : right}
            x2={end === "first" ? left : right}
            y2={baseline}
            stroke="var(--accent)"
            strokeWidth={2}
            role="slider"
            tabIndex={0}
            aria-label={end === "first" ? `Least ${label}` : `Largest ${label}`}
            aria-valuemin={bins[0]?.from ?? 0}
            aria-valuemax={bins.at(-1)?.to ?? 0}
            aria-valuenow={value}
            aria-valuetext={format(value)}
            onKeyDown={(event) => move(end, event)}
          />
        );
      })}
    </g>
  );
}
