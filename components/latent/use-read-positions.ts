"use client";
import { type KeyboardEvent, useState } from "react";
import { drawingOf } from "@/components/positions/drawings";
import type { LatentExample } from "@/lib/contract/latent";
import type { PositionKind } from "@/lib/contract/positions/position-kind";

type Reading = {
  readonly example: LatentExample;
  readonly kind: PositionKind;
  /** Enter, which shows more or less of the input. */
  readonly onEnter: () => void;
};

/** The position of an example under the pointer, or chosen with the arrow keys; null for none. Its activation is the peak's then. */
export function useReadPositions({ example, kind, onEnter }: Reading) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { tokens, peak, grid = null } = example;
  const { stepOf } = drawingOf(kind);
  const activation = pointed === null ? example.activation : (tokens[pointed]?.activation ?? 0);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const step = stepOf(event.key, grid);
    if (event.key === "Enter") onEnter();
    else if (step !== null) setPointed((before) => Math.min(tokens.length - 1, Math.max(0, (before ?? peak) + step)));
    else return;
    event.preventDefault();
  };
  return { pointed, onPoint: setPointed, activation, keys: { onKeyDown, onBlur: () => setPointed(null) } };
}
