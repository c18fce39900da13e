"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { readSteerParams, type SteerParams, writeSteerParams } from "./steer-params";

const waitMs = 300;

/** The page's parameters, held here while they are typed and written to the address when typing pauses. */
export function useSteerParams(): readonly [SteerParams, (change: Partial<SteerParams>) => void] {
  const search = useSearchParams();
  const [params, setParams] = useState(() => readSteerParams(new URLSearchParams(search.toString())));
  useEffect(() => {
    const timer = setTimeout(() => {
      const text = writeSteerParams(params);
      if (text !== window.location.search) window.history.replaceState(null, "", text || window.location.pathname);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [params]);
  const change = useCallback((next: Partial<SteerParams>) => setParams((before) => ({ ...before, ...next })), []);
  return [params, change];
}
