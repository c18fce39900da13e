"use client";
import { type DragEvent, useLayoutEffect, useMemo, useRef, useState } from "react";

/** On which side of a card the dragged one would land. */
export type DropSide = "before" | "after" | undefined;

/** What makes cards of a list draggable by their grips: the same functions from one render to the next. */
export type EditDrag = {
  readonly start: (at: number, event: DragEvent<HTMLElement>) => void;
  readonly over: (at: number, event: DragEvent<HTMLElement>) => void;
  readonly drop: (event: DragEvent<HTMLElement>) => void;
  readonly end: () => void;
};

/** Reorders a list with the mouse; a touch screen and the keyboard have the card's menu and alt with the arrows. */
export function useEditDrag(onMove: (from: number, to: number) => void): {
  readonly drag: EditDrag;
  readonly dropSideOf: (at: number) => DropSide;
} {
  const [over, setOver] = useState<{ at: number; isAfter: boolean } | null>(null);
  const from = useRef<number | null>(null);
  const latest = useRef({ onMove, over });
  useLayoutEffect(() => {
    latest.current = { onMove, over };
  });
  const drag = useMemo<EditDrag>(() => {
    const end = () => {
      from.current = null;
      setOver(null);
    };
    return {
      start: (at, event) => {
        const card = event.currentTarget.closest("li");
        if (card !== null) event.dataTransfer.setDragImage(card, 12, 12);
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", String(at + 1));
        from.current = at;
      },
      over: (at, event) => {
        if (from.current === null) return;
        event.preventDefault();
        const { top, height } = event.currentTarget.getBoundingClientRect();
        const isAfter = event.clientY > top + height / 2;
        setOver((before) => (before?.at === at && before.isAfter === isAfter ? before : { at, isAfter }));
      },
      drop: (event) => {
        event.preventDefault();
        const { onMove, over } = latest.current;
        if (from.current !== null && over !== null) {
          const to = placeAfterMove(from.current, over.isAfter ? over.at + 1 : over.at);
          if (to !== from.current) onMove(from.current, to);
        }
        end();
      },
      end,
    };
  }, []);
  return { drag, dropSideOf: (at) => (over?.at !== at ? undefined : over.isAfter ? "after" : "before") };
}

/** Where a card of place `from` comes to stand when it is dropped before the card now at `before`. */
export function placeAfterMove(from: number, before: number): number {
  return before > from ? before - 1 : before;
}
