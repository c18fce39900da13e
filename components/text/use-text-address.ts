"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { readTextAddress, type TextAddress, writeTextAddress } from "./text-address";

const settleMs = 300;

/** The page's state as its address has it after `#`; the address follows once it stands still. */
export function useTextAddress(): readonly [TextAddress, (change: Partial<TextAddress>) => void] {
  const [address, setAddress] = useState(() => readTextAddress(window.location.hash));
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    const timer = setTimeout(
      () => window.history.replaceState(null, "", `${window.location.pathname}${window.location.search}${writeTextAddress(address)}`),
      settleMs,
    );
    return () => clearTimeout(timer);
  }, [address]);
  const change = useCallback((next: Partial<TextAddress>) => setAddress((before) => ({ ...before, ...next })), []);
  return [address, change];
}
