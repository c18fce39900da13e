"use client";
import { useCallback } from "react";

/** Gives an element's height to its parent as `--reading`, so that what scrolls below a sticky one can keep clear of it. */
export function useOwnHeight(): (element: HTMLElement | null) => (() => void) | undefined {
  return useCallback((element) => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => element.parentElement?.style.setProperty("--reading", `${element.offsetHeight}px`));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
}
