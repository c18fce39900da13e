"use client";
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { ariaNumber } from "@/components/ui/aria-number";
import { formatSignificant } from "@/lib/numbers/format";
import styles from "./brush.module.css";
import type { PlotBox } from "./line-chart-layout";

type BrushHandleProps = {
  readonly label: string;
  readonly value: number;
  readonly extent: readonly [number, number];
  readonly x: number;
  readonly box: PlotBox;
  /** Pixels that an arrow key moves; a quarter with shift. */
  readonly step: number;
  readonly onMove: (pixel: number) => void;
  readonly onClear: () => void;
};

/** One end of a brush: dragged, or moved with the arrow keys; Escape takes the brush away. */
export function BrushHandle({ label, value, extent, x, box, step, onMove, onClear }: BrushHandleProps) {
  const isDragged = useRef(false);
  const drag = (event: PointerEvent<SVGGElement>) => {
    if (!isDragged.current) return;
    const left = event.currentTarget.ownerSVGElement?.getBoundingClientRect().left ?? 0;
    onMove(event.clientX - left);
  };
  const key = (event: KeyboardEvent) => {
    const sign =
      event.key === "ArrowRight" || event.key === "ArrowUp" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowDown" ? -1 : 0;
    if (sign !== 0) onMove(x + sign * step * (event.shiftKey ? 0.25 : 1));
    else if (event.key === "Escape" || event.key === "Delete") onClear();
    else return;
    event.preventDefault();
  };
  const middle = (box.top + box.bottom) / 2;
  const tall = Math.min(20, (box.bottom - box.top) * 0.6);
  return (
    <g
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={ariaNumber(extent[0])}
      aria-valuemax={ariaNumber(extent[1])}
      aria-valuenow={ariaNumber(value)}
      aria-valuetext={formatSignificant(value)}
      className={styles["handle"]}
      onPointerDown={(event) => {
        isDragged.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        isDragged.current = false;
      }}
      onKeyDown={key}
    >
      <rect x={x - 7} y={box.top} width={14} height={box.bottom - box.top} fill="transparent" />
      <line x1={x} x2={x} y1={box.top} y2={box.bottom} stroke="var(--accent)" strokeWidth={1.5} />
      <rect x={x - 3} y={middle - tall / 2} width={6} height={tall} rx={3} fill="var(--accent)" />
    </g>
  );
}
