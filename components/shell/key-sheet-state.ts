"use client";
import { useSyncExternalStore } from "react";

let isOpen = false;
const listeners = new Set<() => void>();

/** Opens or closes the sheet of all keys, from wherever. */
export function setKeySheet(next: boolean): void {
  isOpen = next;
  for (const tell of listeners) tell();
}

export function useKeySheet(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    () => isOpen,
    () => false,
  );
}
