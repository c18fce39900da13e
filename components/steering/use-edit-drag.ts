"use client";
import { type DragEvent, useState } from "react";

/** What makes cards of a list draggable by their grips; spread onto each card and its grip. */
export type EditDrag = {
  readonly gripProps: (at: number) => {
    readonly draggable: true;
    readonly onDragStart: (event: DragEvent<HTMLElement>) => void;
    readonly onDragEnd: () => void;
  };
  readonly itemProps: (at: number) => {
    readonly onDragOver: (event: DragEvent<HTMLElement>) => void;
    readonly onDrop: (event: DragEvent<HTMLElement>) => void;
    readonly "data-drop": "before" | "after" | undefined;
  };
};

/** Reorders a list with the mouse; a touch screen and the keyboard have the card's menu and alt with the arrows. */
export function useEditDrag(onMove: (from: number, to: number) => void): EditDrag {
  const [from, setFrom] = useState<number | null>(null);
  const [over, setOver] = useState<{ at: number; isAfter: boolean } | null>(null);
  const end = () => {
    setFrom(null);
    setOver(null);
  };
  return {
    gripProps: (at) => ({
      draggable: true,
      onDragStart: (event) => {
        const card = event.currentTarget.closest("li");
        if (card !== null) event.dataTransfer.setDragImage(card, 12, 12);
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", String(at + 1));
        setFrom(at);
      },
      onDragEnd: end,
    }),
    itemProps: (at) => ({
      onDragOver: (event) => {
        if (from === null) return;
        event.preventDefault();
        const { top, height } = event.currentTarget.getBoundingClientRect();
        const isAfter = event.clientY > top + height / 2;
        if (over?.at !== at || over.isAfter !== isAfter) setOver({ at, isAfter });
      },
      onDrop: (event) => {
        event.preventDefault();
        if (from !== null && over !== null) {
          const to = placeAfterMove(from, over.isAfter ? over.at + 1 : over.at);
          if (to !== from) onMove(from, to);
        }
        end();
      },
      "data-drop": over?.at !== at ? undefined : over.isAfter ? "after" : "before",
    }),
  };
}

/** Where a card of place `from` comes to stand when it is dropped before the card now at `before`. */
export function placeAfterMove(from: number, before: number): number {
  return before > from ? before - 1 : before;
}
