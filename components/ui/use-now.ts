"use client";
import { createContext, useContext, useEffect, useState } from "react";
import { useIsHydrated } from "./hydrated";

/** When the server drew the page: the time until it is hydrated, so that both say the same. */
export const RenderedAt = createContext(0);

/** The time, again every `everyMs`; for "12 s ago" and clocks that run. */
export function useNow(everyMs: number): number {
  const renderedAt = useContext(RenderedAt);
  const isHydrated = useIsHydrated();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return isHydrated ? now : renderedAt;
}
