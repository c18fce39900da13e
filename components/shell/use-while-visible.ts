"use client";
import { useEffect } from "react";

/**
 * Runs `start` while the tab can be seen and its answer when it no longer can. A browser keeps six connections to one server for all
 * its tabs together, so a tab in the background must not hold a stream. On return the stream's beginning tells what was missed, and
 * TanStack Query reads what is shown and stale.
 */
export function useWhileVisible(start: () => () => void): void {
  useEffect(() => {
    let stop = document.hidden ? null : start();
    const onChange = () => {
      if (document.hidden) {
        stop?.();
        stop = null;
      } else if (stop === null) {
        stop = start();
      }
    };
    document.addEventListener("visibilitychange", onChange);
    return () => {
      document.removeEventListener("visibilitychange", onChange);
      stop?.();
    };
  }, [start]);
}
