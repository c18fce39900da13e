"use client";
import { useSyncExternalStore } from "react";

let said = "";
const listeners = new Set<() => void>();

/** Has screen readers say what changed where the focus is not. */
export function announce(text: string): void {
  said = text;
  for (const tell of listeners) tell();
}

/** Stays while pages change, so that what is said is heard. */
export function Announcer() {
  const text = useSyncExternalStore(
    (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    () => said,
    () => "",
  );
  return (
    <p className="vh" aria-live="polite">
      {text}
    </p>
  );
}
