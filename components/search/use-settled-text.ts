"use client";
import { useEffect, useState } from "react";

const pauseMs = 150;

/** A text once it has stayed the same for a moment, so that not every letter is asked about. */
export function useSettledText(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
