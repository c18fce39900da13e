"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { type AnswerParams, readAnswerParams, writeAnswerParams } from "./answer-params";

const waitMs = 300;

/** The page's parameters, held here while they are typed and written to the address when typing pauses. */
export function useAnswerParams(): readonly [AnswerParams, (change: Partial<AnswerParams>) => void] {
  const search = useSearchParams();
  const [params, setParams] = useState(() => readAnswerParams(new URLSearchParams(search.toString())));
  useEffect(() => {
    const timer = setTimeout(() => {
      const text = writeAnswerParams(params);
      if (text !== window.location.search) window.history.replaceState(null, "", text || window.location.pathname);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [params]);
  const change = useCallback((next: Partial<AnswerParams>) => setParams((before) => ({ ...before, ...next })), []);
  return [params, change];
}
