"use client";
import { Drawing } from "@/components/plots/drawing";
import { MarkShape } from "@/components/plots/mark";
import { Measured } from "@/components/plots/measured";
import { formatInteger, formatSigned } from "@/lib/numbers/format";
import { type DomainChange, layOutDomainChanges, lineHeight } from "./domain-changes-layout";

type DomainChangesProps = { readonly changes: readonly DomainChange[] };

/** Change of loss by domain: a full mark where the interval leaves 0 out, an open one where it does not. */
export function DomainChanges({ changes }: DomainChangesProps) {
  return (
    <Measured height={changes.length * lineHeight + 28}>
      {(width, height) => <DomainChangesDrawing changes={changes} width={width} height={height} />}
    </Measured>
  );
}

/** The drawing at a known size. */
export function DomainChangesDrawing({ changes, width, height }: DomainChangesProps & { readonly width: number; readonly height: number }) {
  const { left, bottom, x, ticks, lines } = layOutDomainChanges(changes, width);
  const words = changes.map(({ domain, change }) => `${domain} ${formatSigned(change.mean, 4)}`).join(", ");
  return (
    <Drawing width={width} height={height} label={`Change of loss by domain, nats: ${words}`}>
      {ticks.map((tick) => (
        <g key={tick.value} transform={`translate(${x(tick.value)},0)`}>
          <line className={tick.value === 0 ? "axis-l" : "grid-l"} y2={bottom} />
          <text y={bottom + 14} textAnchor="middle">
            {tick.label}
          </text>
        </g>
      ))}
      {changes.map(({ domain, rows }, place) => {
        const line = lines[place];
        if (line === undefined) return null;
        return (
          <g key={domain}>
            <text x={left - 8} y={line.y + 4} textAnchor="end" className="mid">
              {shortened(domain, left)} <tspan className="dim">{formatInteger(rows)}</tspan>
            </text>
            <line x1={line.from} x2={line.to} y1={line.y} y2={line.y} stroke="var(--edited)" strokeWidth={1.5} />
            <MarkShape mark="edited" x={line.at} y={line.y} radius={3.2} isOpen={!line.excludesZero} />
          </g>
        );
      })}
    </Drawing>
  );
}

function shortened(name: string, room: number): string {
  const most = Math.floor((room - 44) / 6);
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
