"use client";
import { useEffect, useState } from "react";

/** A debounced value, for requests to the server while a person types. */
export function useSettled<T>(value: T, waitMs: number): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(key) as T), waitMs);
    return () => clearTimeout(timer);
  }, [key, waitMs]);
  return settled;
}
