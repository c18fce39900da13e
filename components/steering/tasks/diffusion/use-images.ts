"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { messageOf } from "@/components/ui/error-note";
import { makeImages } from "@/lib/client/make-images";
import type { ImageArm, ImageEvent, MadeImage, MakeImagesInput } from "@/lib/contract/make-images";

/** How far a request for pictures has come; what has arrived stays when it fails or is stopped. */
export type Making = {
  readonly status: "idle" | "running" | "done" | "stopped" | "failed";
  readonly request: MakeImagesInput | null;
  /** While the model is loaded. */
  readonly loading: string | null;
  readonly start: Extract<ImageEvent, { kind: "start" }> | null;
  /** Steps of the sampler. */
  readonly done: number;
  readonly arms: Readonly<Partial<Record<ImageArm, readonly MadeImage[]>>>;
  readonly doses: readonly Extract<ImageEvent, { kind: "dose" }>[];
  readonly seconds: number | null;
  readonly error: string | null;
};

const nothing: Making = {
  ...{ status: "idle", request: null, loading: null, start: null, done: 0 },
  ...{ arms: {}, doses: [], seconds: null, error: null },
};

export type Maker = { readonly making: Making; readonly make: (request: MakeImagesInput) => void; readonly stop: () => void };

/** Makes pictures with a run, one request at a time; leaving the page stops the worker. */
export function useImages(runId: string): Maker {
  const [making, setMaking] = useState<Making>(nothing);
  const running = useRef<AbortController | null>(null);
  const make = useCallback(
    (request: MakeImagesInput) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      setMaking({ ...nothing, status: "running", request });
      const update = (change: (before: Making) => Making) => {
        if (running.current === controller && !controller.signal.aborted) setMaking(change);
      };
      makeImages(runId, request, (event) => update((before) => afterEvent(before, event)), controller.signal).then(
        () =>
          update((before) => (before.status === "running" ? { ...before, status: "failed", error: "The stream ended early." } : before)),
        (error: unknown) => update((before) => ({ ...before, status: "failed", error: messageOf(error) })),
      );
    },
    [runId],
  );
  const stop = useCallback(() => {
    running.current?.abort();
    setMaking((before) => (before.status === "running" ? { ...before, status: "stopped" } : before));
  }, []);
  useEffect(() => () => running.current?.abort(), []);
  return { making, make, stop };
}

/** What is known once an event has come. */
export function afterEvent(before: Making, event: ImageEvent): Making {
  switch (event.kind) {
    case "loading":
      return { ...before, loading: event.message };
    case "start":
      return { ...before, loading: null, start: event };
    case "step":
      return { ...before, done: event.done };
    case "images":
      return { ...before, arms: { ...before.arms, [event.arm]: event.images } };
    case "dose":
      return { ...before, doses: [...before.doses, event] };
    case "end":
      return { ...before, status: "done", seconds: event.seconds };
    case "error":
      return { ...before, status: "failed", error: event.message };
  }
}
