"use client";
import { type RefObject, useEffect, useRef, useState } from "react";
import { takeLeftRow } from "@/components/latents/left-row";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { LatentRow } from "@/lib/contract/latent";

type LatentKeys = {
  readonly body: RefObject<HTMLElement | null>;
  readonly count: number;
  readonly rowAt: (index: number) => LatentRow | undefined;
  readonly onFocus: (index: number) => void;
  readonly onOpen: (row: LatentRow, index: number) => void;
  readonly onSelect: (row: LatentRow, index: number, isRange: boolean) => void;
  readonly onSteer: (row: LatentRow) => void;
};

/**
 * Moves the focus through the table's rows with j and k, beginning at the latent that was left by Escape; ↵ opens, x selects (with shift from the last one to here), s steers.
 *
 * @returns the row that has the focus, −1 before the first
 */
export function useLatentKeys({ body, count, rowAt, onFocus, onOpen, onSelect, onSteer }: LatentKeys): number {
  const [wanted, setWanted] = useState(-1);
  const isAwaited = useRef(false);
  const focused = Math.min(wanted, count - 1);
  const goTo = (next: number) => {
    setWanted(next);
    if (next < 0) return;
    isAwaited.current = true;
    onFocus(next);
  };
  const move = (by: number) => goTo(Math.min(count - 1, Math.max(0, focused + by)));
  useEffect(() => {
    const left = count === 0 ? null : takeLeftRow();
    if (left !== null) goTo(Math.min(left, count - 1));
  });
  // A row out of sight is drawn only after the window was scrolled there.
  useEffect(() => {
    const link = isAwaited.current ? body.current?.querySelector<HTMLElement>(`tr[aria-rowindex="${focused + 2}"] a`) : null;
    if (!link) return;
    isAwaited.current = false;
    link.focus({ preventScroll: true });
  });
  const withRow = (act: (row: LatentRow, index: number) => void) => () => {
    const row = focused < 0 ? undefined : rowAt(focused);
    if (row !== undefined) act(row, focused);
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    Enter: withRow(onOpen),
    x: withRow((row, index) => onSelect(row, index, false)),
    X: withRow((row, index) => onSelect(row, index, true)),
    s: withRow(onSteer),
  });
  return focused;
}
