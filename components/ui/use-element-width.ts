"use client";
import { type RefObject, useEffect, useRef, useState } from "react";

/** Width in CSS pixels of the element that takes the ref, kept as it changes; `initial` until it is measured. */
export function useElementWidth<T extends HTMLElement>(initial: number): { ref: RefObject<T | null>; width: number } {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(initial);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
