"use client";
import { useEffect, useState } from "react";

/** The time, again every `everyMs`; for "12 s ago" and clocks that run. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
