"use client";
import { type ReactNode, useEffect, useState } from "react";

const latestMs = 2000;

/**
 * Shows its children once the browser has nothing else to do. For what reads beside the page: it would fill the cache before the page is hydrated, and
 * the page would differ from the server's.
 */
export function WhenIdle({ children }: { children: ReactNode }) {
  const [isIdle, setIsIdle] = useState(false);
  useEffect(() => {
    const show = () => setIsIdle(true);
    // Safari has no such callback.
    if (typeof requestIdleCallback === "undefined") {
      const timer = setTimeout(show, latestMs / 4);
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(show, { timeout: latestMs });
    return () => cancelIdleCallback(handle);
  }, []);
  return isIdle ? children : null;
}
