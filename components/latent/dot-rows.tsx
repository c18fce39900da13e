"use client";
import { scaleLinear } from "d3";
import { Drawing } from "@/components/plots/drawing";
import { IntervalMark } from "@/components/plots/interval-mark";
import { Measured } from "@/components/plots/measured";
import { linearTicks } from "@/lib/numbers/ticks";
import { shortened } from "@/lib/plots/shortened";
import { type DotRow, dotDomain, excludesZero, writeEffect } from "./effect-rows";

type DotRowsProps = {
  readonly rows: readonly DotRow[];
  /** For people who do not see the drawing. */
  readonly label: string;
  readonly unit: string;
};

const rowHeight = 26;
const nameRoom = 112;

/** Values with their 95 % intervals on one axis; hollow if an interval includes 0, and the controls as hollow grey rings. */
export function DotRows({ rows, label, unit }: DotRowsProps) {
  return (
    <Measured height={rows.length * rowHeight + 34}>
      {(width, height) => <DotRowsDrawing rows={rows} label={label} unit={unit} width={width} height={height} />}
    </Measured>
  );
}

/** The rows at a known size. */
export function DotRowsDrawing({ rows, label, unit, width, height }: DotRowsProps & { readonly width: number; readonly height: number }) {
  const domain = dotDomain(rows);
  const right = Math.max(nameRoom + 40, width - 8);
  const x = scaleLinear(domain, [nameRoom, right]);
  const bottom = rows.length * rowHeight + 2;
  const ticks = linearTicks(domain, Math.max(2, Math.min(4, Math.floor((right - nameRoom) / 62))));
  return (
    <Drawing width={width} height={height} label={label}>
      {ticks.map((tick) => (
        <g key={tick.value}>
          <line className={tick.value === 0 ? "axis-l" : "grid-l"} x1={x(tick.value)} x2={x(tick.value)} y1={2} y2={bottom} />
          <text x={x(tick.value)} y={bottom + 13} textAnchor="middle">
            {tick.value > 0 ? `+${tick.label}` : tick.label}
          </text>
        </g>
      ))}
      {!ticks.some(({ value }) => value === 0) && <line className="axis-l" x1={x(0)} x2={x(0)} y1={2} y2={bottom} />}
      <text x={right} y={bottom + 27} textAnchor="end">
        {unit}
      </text>
      {rows.map((row, place) => (
        <g key={row.key} transform={`translate(0,${place * rowHeight + rowHeight / 2 + 1})`}>
          <title>{describe(row)}</title>
          <rect x={0} y={-rowHeight / 2} width={width} height={rowHeight} fill="transparent" />
          <text x={nameRoom - 10} y={4} textAnchor="end" className="mid t12">
            {shortened(row.label, 17)}
          </text>
          {row.others.map((value, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: controls have no order of their own
            <circle key={at} cx={x(value)} r={2.6} fill="none" stroke="var(--base)" />
          ))}
          {row.value !== null && (
            <IntervalMark
              at={x(row.value)}
              ends={row.halfWidth === null ? null : [x(row.value - row.halfWidth), x(row.value + row.halfWidth)]}
              y={0}
              excludesZero={excludesZero(row)}
            />
          )}
        </g>
      ))}
    </Drawing>
  );
}

function describe({ label, value, halfWidth, others, facts }: DotRow): string {
  const written = value === null ? null : writeEffect(value, halfWidth);
  const parts = [
    written === null ? others.map((other) => writeEffect(other, null).value).join(", ") : `${written.value} ${written.interval}`.trim(),
    facts,
  ];
  return `${label}: ${parts.filter(Boolean).join("; ")}`;
}
