"use client";
import { useState } from "react";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { LatentRow } from "@/lib/contract/latent";

type LatentKeys = {
  readonly count: number;
  readonly rowAt: (index: number) => LatentRow | undefined;
  readonly onFocus: (index: number) => void;
  readonly onOpen: (row: LatentRow, index: number) => void;
  readonly onSelect: (row: LatentRow, index: number, isRange: boolean) => void;
  readonly onSteer: (row: LatentRow) => void;
};

/** Moves through the table with j and k; ↵ opens, x selects (with shift from the last one to here), s steers. Returns the row that has the focus, −1 before the first. */
export function useLatentKeys({ count, rowAt, onFocus, onOpen, onSelect, onSteer }: LatentKeys): number {
  const [wanted, setWanted] = useState(-1);
  const focused = Math.min(wanted, count - 1);
  const move = (by: number) => {
    const next = Math.min(count - 1, Math.max(0, focused + by));
    setWanted(next);
    if (next >= 0) onFocus(next);
  };
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
