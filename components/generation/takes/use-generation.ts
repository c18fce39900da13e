"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { streamGenerate } from "@/lib/client/generate";
import type { GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import { continuation, resume } from "./continuation";
import { begin, fail, type Generation, receive, stop } from "./generation";
import { addTake, changeTake, chooseTake, noTakes, shownTake, showTake, type Takes, takeOf } from "./takes";

export type Generating = {
  readonly takes: Takes;
  /** What is shown now. */
  readonly generation: Generation;
  /** Runs requests one after another; the first is shown at once, and each as it begins. */
  readonly run: (...requests: readonly GenerateRequest[]) => void;
  /** Shows what the same request gave before, or runs it. */
  readonly show: (request: GenerateRequest) => void;
  readonly choose: (key: number) => void;
  /** Lets the arms that are shown go on from where they are. */
  readonly goOn: () => void;
  readonly stop: () => void;
  /** Shows one that was generated before, from the history. */
  readonly open: (kept: Generation) => void;
};

/** Generates, one at a time, and remembers what this visit gave. A new run ends the one before; so does leaving the page. Events are taken once a frame. */
export function useGeneration(runId: string, onKept: () => void): Generating {
  const [takes, setTakes] = useState<Takes>(noTakes);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const halt = useCallback(() => {
    current.current?.abort();
    current.current = null;
    setTakes((before) => ({ ...before, list: before.list.map((take) => ({ ...take, generation: stop(take.generation) })) }));
  }, []);
  const start = useCallback(
    async (steps: readonly Step[]) => {
      halt();
      const controller = new AbortController();
      current.current = controller;
      for (const { request, key, first } of steps) {
        if (controller.signal.aborted) return;
        setTakes((before) => first(before, key));
        await read(runId, request, controller.signal, (change) => {
          if (!controller.signal.aborted) setTakes((before) => changeTake(before, key, change));
        });
        onKept();
      }
    },
    [runId, halt, onKept],
  );
  const lastKey = useRef(0);
  const run = useCallback(
    (...requests: readonly GenerateRequest[]) => {
      const steps = requests.map((request) => {
        lastKey.current += 1;
        return { request, key: lastKey.current, first: (before: Takes, key: number) => addTake(before, key, begin(request)) };
      });
      void start(steps);
    },
    [start],
  );
  const show = useCallback(
    (request: GenerateRequest) => {
      const known = takeOf(takes, request);
      if (known === undefined) run(request);
      else {
        halt();
        setTakes((before) => chooseTake(before, known.key));
      }
    },
    [takes, run, halt],
  );
  const shown = shownTake(takes);
  const goOn = useCallback(() => {
    const request = shown === undefined ? null : continuation(shown.generation);
    if (shown === undefined || request === null) return;
    const { key } = shown;
    void start([{ request, key, first: (before) => changeTake(before, key, resume) }]);
  }, [shown, start]);
  const choose = useCallback((key: number) => setTakes((before) => chooseTake(before, key)), []);
  const open = useCallback(
    (kept: Generation) => {
      halt();
      lastKey.current += 1;
      const key = lastKey.current;
      setTakes((before) => addTake(before, key, kept));
    },
    [halt],
  );
  return { takes, generation: showTake(takes), run, show, choose, goOn, stop: halt, open };
}

type Step = { readonly request: GenerateRequest; readonly key: number; readonly first: (before: Takes, key: number) => Takes };

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
    if (events.length > 0) change((before) => receive(before, events));
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
