"use client";
import { useSyncExternalStore } from "react";

const storageKey = "stanscope-tour";
const listeners = new Set<() => void>();
/** Where nothing can be stored, the tour lasts as long as the page. */
let unstored: number | null = null;

/** Goes to a step of the tour, from 0; null ends it. The step is kept in this browser, for all its windows. */
export function setTourStep(step: number | null): void {
  unstored = step;
  try {
    if (step === null) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, String(step));
  } catch {
    // Storage is off.
  }
  for (const tell of listeners) tell();
}

/** The step of the tour; null when it is not running. */
export function useTourStep(): number | null {
  return useSyncExternalStore(follow, readStep, () => null);
}

function readStep(): number | null {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored !== null && /^\d$/.test(stored) ? Number(stored) : null;
  } catch {
    return unstored;
  }
}

function follow(onChange: () => void): () => void {
  listeners.add(onChange);
  window.addEventListener("storage", onChange);
  return () => {
    listeners.delete(onChange);
    window.removeEventListener("storage", onChange);
  };
}
