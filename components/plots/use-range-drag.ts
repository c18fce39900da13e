import { type PointerEvent, useState } from "react";
import type { LineChartLayout } from "./line-chart-layout";

/** Shorter drags are clicks. */
const leastPixels = 8;

/** Selects a stretch of a chart's x by dragging; `selected` is in pixels while it lasts. */
export function useRangeDrag({ box, x }: LineChartLayout, onRange: ((range: readonly [number, number]) => void) | undefined) {
  const [ends, setEnds] = useState<{ from: number; to: number } | null>(null);
  const inside = (event: PointerEvent<SVGSVGElement>) => Math.min(box.right, Math.max(box.left, pixelOf(event)));
  const isDrag = ends !== null && Math.abs(ends.to - ends.from) >= leastPixels;
  const selected = isDrag ? ([Math.min(ends.from, ends.to), Math.max(ends.from, ends.to)] as const) : null;
  return {
    selected,
    begin: (event: PointerEvent<SVGSVGElement>) => {
      // A finger scrolls the page.
      if (onRange === undefined || event.button !== 0 || event.pointerType === "touch") return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setEnds({ from: inside(event), to: inside(event) });
    },
    move: (event: PointerEvent<SVGSVGElement>) => {
      if (ends !== null) setEnds({ ...ends, to: inside(event) });
    },
    end: () => {
      setEnds(null);
      if (selected !== null) onRange?.([x.invert(selected[0]), x.invert(selected[1])]);
    },
    cancel: () => setEnds(null),
  };
}

/** Where a pointer is, in pixels from the drawing's left edge. */
export function pixelOf(event: PointerEvent<SVGSVGElement>): number {
  return event.clientX - event.currentTarget.getBoundingClientRect().left;
}
