"use client";
import type { ReactNode } from "react";
import { useElementWidth } from "@/components/ui/use-element-width";

type MeasuredProps = {
  /** Pixels, or pixels for a width: the room is kept before anything is drawn, so nothing jumps. */
  readonly height: number | ((width: number) => number);
  readonly children: (width: number, height: number) => ReactNode;
};

const assumedWidth = 720;

/** Draws its child at the width there is, and again when that changes. */
export function Measured({ height, children }: MeasuredProps) {
  const { ref, width } = useElementWidth<HTMLDivElement>(0);
  const tall = typeof height === "number" ? height : height(width === 0 ? assumedWidth : width);
  return (
    <div ref={ref} className="plot" style={{ minHeight: tall }}>
      {width > 0 && children(width, tall)}
    </div>
  );
}
