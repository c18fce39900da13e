"use client";
import type { ReactNode } from "react";
import { useElementWidth } from "@/components/ui/use-element-width";
import { reservedHeight } from "./reserved-height";

type ReservedRoomProps = {
  /** Tokens that may come; null where no more come, and the room is what is there. */
  readonly expected: number | null;
  /** Texts side by side. */
  readonly columns?: number;
  /** A line with the gap under it, CSS pixels. */
  readonly lineHeight: number;
  readonly className?: string | undefined;
  readonly children: ReactNode;
};

/** Keeps the room of the tokens that are to come, so that what stands below does not move with every line. */
export function ReservedRoom({ expected, columns = 1, lineHeight, className, children }: ReservedRoomProps) {
  const { ref, width } = useElementWidth<HTMLDivElement>(0);
  const minHeight = expected === null || width === 0 ? undefined : reservedHeight(expected, width / columns, lineHeight);
  return (
    <div ref={ref} className={className} style={{ minHeight }}>
      {children}
    </div>
  );
}
