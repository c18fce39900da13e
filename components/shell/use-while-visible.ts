"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

/**
 * Runs `start` while the tab can be seen and its answer when it no longer can. A browser keeps six connections to one server for all
 * its tabs together, so a tab in the background must not hold a stream. What was missed meanwhile is read anew on return.
 */
export function useWhileVisible(start: () => () => void): void {
  const client = useQueryClient();
  useEffect(() => {
    let stop = document.hidden ? null : start();
    const onChange = () => {
      if (document.hidden) {
        stop?.();
        stop = null;
      } else if (stop === null) {
        stop = start();
        void client.invalidateQueries();
      }
    };
    document.addEventListener("visibilitychange", onChange);
    return () => {
      document.removeEventListener("visibilitychange", onChange);
      stop?.();
    };
  }, [client, start]);
}
