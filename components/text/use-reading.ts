"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { messageOf } from "@/components/ui/error-note";
import { readPicture } from "@/lib/client/read-picture";
import { readText } from "@/lib/client/read-text";
import type { ReadPictureInput } from "@/lib/contract/read-picture";
import type { AnswerDose, ComparedAnswers, ReadLabel, ReadTextInput, TextAnswer, TextEvent } from "@/lib/contract/read-text";
import { type ModuleReading, unpackModule } from "./module-reading";

export type TextToken = Extract<TextEvent, { kind: "tokens" }>["tokens"][number];

/** A picture as the model reads it, of which the tokens are the positions. */
export type ShownPicture = NonNullable<Extract<TextEvent, { kind: "tokens" }>["picture"]>;

/** How far the reading of a text or a picture has come; what has arrived stays when it fails or is stopped. */
export type Reading<Request = ReadTextInput> = {
  readonly status: "idle" | "running" | "done" | "stopped" | "failed";
  readonly request: Request | null;
  readonly tokens: readonly TextToken[];
  readonly isTruncated: boolean;
  /** Null for a text. */
  readonly picture: ShownPicture | null;
  /** What an encoder's head makes of the text; null for other models. */
  readonly answer: TextAnswer | null;
  /** The class whose loss is attributed; null where there is none. */
  readonly attributedTo: string | null;
  /** What edits make of it, where there are any. */
  readonly compared: ComparedAnswers | null;
  /** Its answers over the values of a latent, where these were asked for. */
  readonly dose: AnswerDose | null;
  /** Modules that are to come, those that came included. */
  readonly modules: number;
  readonly readings: readonly ModuleReading[];
  /** Labels that came with it. */
  readonly labels: readonly ReadLabel[];
  readonly seconds: number | null;
  readonly error: string | null;
};

const nothing: Reading<never> = {
  status: "idle",
  request: null,
  tokens: [],
  isTruncated: false,
  picture: null,
  answer: null,
  attributedTo: null,
  compared: null,
  dose: null,
  modules: 0,
  readings: [],
  labels: [],
  seconds: null,
  error: null,
};

/** Sends what is to be read, and tells each event as it comes. */
type Send<Request> = (runId: string, request: Request, onEvent: (event: TextEvent) => void, signal: AbortSignal) => Promise<void>;

export type Reader<Request> = {
  readonly reading: Reading<Request>;
  readonly read: (request: Request) => void;
  readonly stop: () => void;
};

/**
 * Reads texts with a run's adapter, one at a time; leaving the page stops the worker.
 *
 * @param opening what is read as the page opens: a link that holds a text shows what its sender saw
 */
export function useReading(runId: string, opening: ReadTextInput | null): Reader<ReadTextInput> {
  return useReadingBy(readText, runId, opening);
}

/** The same of pictures. */
export function usePictureReading(runId: string): Reader<ReadPictureInput> {
  return useReadingBy(readPicture, runId, null);
}

/** @param send another function reads anew */
function useReadingBy<Request>(send: Send<Request>, runId: string, opening: Request | null): Reader<Request> {
  const [reading, setReading] = useState<Reading<Request>>(nothing);
  const running = useRef<AbortController | null>(null);
  const [first] = useState(opening);

  const read = useCallback(
    (request: Request) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      setReading({ ...nothing, status: "running", request });
      const take = (event: TextEvent) => {
        if (!controller.signal.aborted) setReading((before) => afterEvent(before, event));
      };
      send(runId, request, take, controller.signal).then(
        () => setReading((before) => (controller.signal.aborted || before.status !== "running" ? before : cutOff(before))),
        (error: unknown) => {
          if (!controller.signal.aborted) setReading((before) => ({ ...before, status: "failed", error: messageOf(error) }));
        },
      );
    },
    [send, runId],
  );
  useEffect(() => {
    if (first !== null) read(first);
    return () => running.current?.abort();
  }, [first, read]);
  const stop = useCallback(() => {
    running.current?.abort();
    setReading((before) => (before.status === "running" ? { ...before, status: "stopped" } : before));
  }, []);
  return { reading, read, stop };
}

/** A reading with what one event tells. */
export function afterEvent<Request>(before: Reading<Request>, event: TextEvent): Reading<Request> {
  switch (event.kind) {
    case "tokens":
      return {
        ...before,
        tokens: event.tokens,
        modules: event.modules,
        isTruncated: event.isTruncated,
        picture: event.picture ?? null,
        answer: event.answer ?? null,
        attributedTo: event.attributedTo ?? null,
      };
    case "answers":
      return { ...before, compared: event };
    case "dose":
      return { ...before, dose: event };
    case "module":
      return { ...before, readings: [...before.readings, unpackModule(event, before.tokens.length)] };
    case "labels":
      return { ...before, labels: event.labels };
    case "end":
      return { ...before, status: "done", seconds: event.seconds };
    case "error":
      return { ...before, status: "failed", error: event.message };
  }
}

function cutOff<Request>(before: Reading<Request>): Reading<Request> {
  return { ...before, status: "failed", error: "The stream ended early. The worker may have stopped; see its log." };
}
