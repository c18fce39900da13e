"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { streamGenerate } from "@/lib/client/generate";
import type { GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import { begin, fail, type Generation, nothingGenerated, receive, stop } from "./generation";

type Generating = { readonly generation: Generation; readonly run: (request: GenerateRequest) => void; readonly stop: () => void };

/** Runs a prompt and keeps what comes. A second run ends the first; leaving the page ends it too. Events are taken in once a frame. */
export function useGeneration(runId: string): Generating {
  const [generation, setGeneration] = useState(nothingGenerated);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const run = useCallback(
    (request: GenerateRequest) => {
      current.current?.abort();
      const controller = new AbortController();
      current.current = controller;
      setGeneration(begin(request.arms));
      void read(runId, request, controller.signal, (change) => {
        if (!controller.signal.aborted) setGeneration(change);
      });
    },
    [runId],
  );
  const halt = useCallback(() => {
    current.current?.abort();
    setGeneration(stop);
  }, []);
  return { generation, run, stop: halt };
}

async function read(
  runId: string,
  request: GenerateRequest,
  signal: AbortSignal,
  change: (by: (before: Generation) => Generation) => void,
): Promise<void> {
  let waiting: GenerateEvent[] = [];
  let isScheduled = false;
  const flush = () => {
    isScheduled = false;
    const events = waiting;
    waiting = [];
    change((before) => receive(before, events));
  };
  try {
    for await (const event of streamGenerate(runId, request, { signal })) {
      waiting.push(event);
      if (!isScheduled) {
        isScheduled = true;
        requestAnimationFrame(flush);
      }
    }
    flush();
    change((before) =>
      before.status === "running"
        ? fail(before, "The stream ended before the answer did. The worker may have stopped; run again.")
        : before,
    );
  } catch (error) {
    flush();
    change((before) => fail(before, error instanceof Error ? error.message : String(error)));
  }
}
