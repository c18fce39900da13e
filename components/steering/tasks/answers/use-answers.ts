"use client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { textsToRead } from "@/components/text/reads-pairs";
import { type Reading, useReading } from "@/components/text/use-reading";
import type { ReadTextInput } from "@/lib/contract/read-text";
import type { AnswerParams } from "./answer-params";

export type Answers = {
  /** What would be sent now; null where there is no text. */
  readonly request: ReadTextInput | null;
  /** What is shown: the last reading that came to its end, while another is under way. */
  readonly reading: Reading;
  /** Whether what is shown is of another text or other edits. */
  readonly isStale: boolean;
  readonly isRunning: boolean;
  readonly start: () => void;
  readonly stop: () => void;
};

const settleMs = 250;

/**
 * Answers that follow what is typed and edited: one pass takes milliseconds, so that nobody has to ask for it.
 *
 * @param isOn whether there is an adapter to read with
 */
export function useAnswers(
  runId: string,
  { text, second, edits }: Pick<AnswerParams, "text" | "second" | "edits">,
  isOn: boolean,
): Answers {
  const request = useMemo<ReadTextInput | null>(
    () => (text === "" || !isOn ? null : { ...textsToRead({ text, second }), attribution: false, edits: [...edits] }),
    [text, second, edits, isOn],
  );
  const { reading, read, stop } = useReading(runId, null);
  const [held, setHeld] = useState<Reading | null>(null);
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
  return { request, reading: shown, isStale: shown.request !== request, isRunning, start, stop };
}
