"use client";
import { scaleLinear } from "d3";
import { visibleParts } from "@/components/latents/visible-parts";
import { Drawing } from "@/components/plots/drawing";
import { Measured } from "@/components/plots/measured";
import type { TokenChange } from "@/lib/contract/effect";
import { formatSignificant } from "@/lib/numbers/format";
import { linearTicks } from "@/lib/numbers/ticks";
import { shortened } from "@/lib/plots/shortened";

type ChangeBarsProps = {
  readonly raised: readonly TokenChange[];
  readonly lowered: readonly TokenChange[];
  readonly label: string;
  /** Said where nothing changes. */
  readonly nothing?: string;
};

const rowHeight = 20;
const shownOfEach = 5;
const nameRoom = 96;

/** Tokens whose logit goes up, then those whose goes down, with their intervals on one axis. */
export function ChangeBars({ raised, lowered, label, nothing = "No logits change." }: ChangeBarsProps) {
  const rows = [...raised.slice(0, shownOfEach), ...lowered.slice(0, shownOfEach).reverse()];
  if (rows.length === 0) return <p className="note">{nothing}</p>;
  return (
    <Measured height={rows.length * rowHeight + 24}>
      {(width, height) => <ChangeBarsDrawing rows={rows} label={label} width={width} height={height} />}
    </Measured>
  );
}

type DrawingProps = { readonly rows: readonly TokenChange[]; readonly label: string; readonly width: number; readonly height: number };

/** The bars at a known size. */
export function ChangeBarsDrawing({ rows, label, width, height }: DrawingProps) {
  const ends = rows.flatMap(({ change, halfWidth }) => [change - (halfWidth ?? 0), change + (halfWidth ?? 0)]);
  const domain = [Math.min(0, ...ends), Math.max(0, ...ends)] as const;
  const x = scaleLinear(domain, [nameRoom, Math.max(nameRoom + 40, width - 8)]);
  const bottom = rows.length * rowHeight + 4;
  return (
    <Drawing width={width} height={height} label={label}>
      {linearTicks(domain, 4).map((tick) => (
        <g key={tick.value}>
          <line className="grid-l" x1={x(tick.value)} x2={x(tick.value)} y1={2} y2={bottom} />
          <text x={x(tick.value)} y={bottom + 14} textAnchor="middle">
            {tick.value > 0 ? `+${tick.label}` : tick.label}
          </text>
        </g>
      ))}
      <line className="axis-l" x1={x(0)} x2={x(0)} y1={2} y2={bottom} />
      {rows.map(({ token, change, halfWidth }, place) => {
        const y = place * rowHeight + rowHeight / 2 + 2;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two ids may have one text
          <g key={place}>
            <title>{`${token}: ${signed(change)}${halfWidth === null ? "" : ` ± ${formatSignificant(halfWidth, 2)}`}`}</title>
            <rect x={0} y={y - rowHeight / 2} width={width} height={rowHeight} fill="transparent" />
            <text
              x={nameRoom - 8}
              y={y + 4}
              textAnchor="end"
              className={isOfBytes(token) ? undefined : "mid"}
              style={{ fontFamily: "var(--mono)", fontSize: 12 }}
            >
              {shortToken(token)}
            </text>
            <rect
              x={Math.min(x(0), x(change))}
              y={y - 5}
              width={Math.max(1, Math.abs(x(change) - x(0)))}
              height={10}
              rx={1}
              fill={change < 0 ? "var(--neg-mark)" : "var(--act-mark)"}
            />
            {halfWidth !== null && (
              <line x1={x(change - halfWidth)} x2={x(change + halfWidth)} y1={y} y2={y} stroke="var(--ink)" strokeWidth={1.25} />
            )}
          </g>
        );
      })}
    </Drawing>
  );
}

function shortToken(token: string): string {
  const text = visibleParts(token)
    .map((part) => part.text)
    .join("");
  return shortened(text, 12);
}

/** Whether a token is a piece of a character, which stands back. */
function isOfBytes(token: string): boolean {
  return /^(<0x[0-9A-F]{2}>)+$/.test(token);
}

function signed(value: number): string {
  return value > 0 ? `+${formatSignificant(value)}` : formatSignificant(value);
}
