"use client";
import { type KeyboardEvent, type PointerEvent, useCallback } from "react";

type PositionKeys = {
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  readonly onPointerLeave: (event: PointerEvent<HTMLElement>) => void;
};

/**
 * Arrow keys, Home and End among buttons that carry their position as `data-position`; the focus goes along. A pointer that leaves lets go, unless the
 * focus is within.
 */
export function usePositionKeys(count: number, pointed: number | null, onPoint: (position: number | null) => void): PositionKeys {
  const onKeyDown = useCallback(
    (event: KeyboardEvent<HTMLElement>) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const next = nextPosition(event.key, pointed, count);
      if (next === null) return;
      event.preventDefault();
      event.stopPropagation();
      onPoint(next);
      event.currentTarget.querySelector<HTMLElement>(`[data-position="${next}"]`)?.focus();
    },
    [count, pointed, onPoint],
  );
  const onPointerLeave = useCallback(
    (event: PointerEvent<HTMLElement>) => {
      if (!event.currentTarget.contains(document.activeElement)) onPoint(null);
    },
    [onPoint],
  );
  return { onKeyDown, onPointerLeave };
}

/** Where a key leads from a position; null for keys that lead nowhere. */
export function nextPosition(key: string, from: number | null, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case "ArrowRight":
      return from === null ? 0 : Math.min(from + 1, count - 1);
    case "ArrowLeft":
      return from === null ? count - 1 : Math.max(from - 1, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
