"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Reader, Reading } from "@/components/text/use-reading";

export type Answers<Request> = {
  /** What is shown: the last reading that came to its end, while another is under way. */
  readonly reading: Reading<Request>;
  /** Whether what is shown is of another input or other edits. */
  readonly isStale: boolean;
  readonly isRunning: boolean;
  readonly start: () => void;
  readonly stop: () => void;
};

const settleMs = 250;

/**
 * Answers that follow what is chosen and edited: one pass takes milliseconds, so that nobody has to ask for it.
 *
 * @param request what would be sent now, the same while nothing of it changes; null where there is nothing to read, or no adapter to read with
 */
export function useAnswers<Request>(request: Request | null, { reading, read, stop }: Reader<Request>): Answers<Request> {
  const [held, setHeld] = useState<Reading<Request> | null>(null);
  if (reading.status === "done" && held !== reading) setHeld(reading);
  const start = useCallback(() => {
    if (request !== null) read(request);
  }, [request, read]);
  // What stands in the link is answered as the page opens, what is changed once it stands still.
  const isFirst = useRef(true);
  useEffect(() => {
    if (request === null) return;
    const timer = setTimeout(() => read(request), isFirst.current ? 0 : settleMs);
    isFirst.current = false;
    return () => clearTimeout(timer);
  }, [request, read]);
  const isRunning = reading.status === "running";
  const shown = isRunning && held !== null ? held : reading;
  return { reading: shown, isStale: shown.request !== request, isRunning, start, stop };
}
