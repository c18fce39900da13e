"use client";
import { useEffect, useState } from "react";
import { type DraftSchema, readDraft } from "./drafts";
import { useKept } from "./use-kept";

export type Draft<Value> = {
  readonly value: Value;
  readonly set: (change: Value | ((before: Value) => Value)) => void;
  /** Whether it holds what a person typed and has not sent. */
  readonly isUnsent: boolean;
  /** Goes back to the beginning; also once it was sent. */
  readonly discard: () => void;
  /** Counts what was discarded: a key of what must begin anew with it. */
  readonly round: number;
};

/**
 * The state of a form that must not be lost (`drafts.ts`). Within the application nothing is asked on leaving a page, since the draft is there on
 * return; the browser asks before the tab goes, with which the draft ends.
 *
 * @param name says which form, of what, with the version of its schema
 * @param beginning what stands there before anything is typed
 */
export function useDraft<Value>(name: string, schema: DraftSchema<Value>, beginning: Value): Draft<Value> {
  const [round, setRound] = useState(0);
  const [draft, keep] = useKept(name, schema);
  const isUnsent = draft !== undefined && !isSame(draft, beginning);
  useEffect(() => {
    if (!isUnsent) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isUnsent]);
  return {
    value: draft ?? beginning,
    set: (change) => {
      const next = isChange(change) ? change(readDraft(name, schema) ?? beginning) : change;
      keep(isSame(next, beginning) ? undefined : next);
    },
    isUnsent,
    discard: () => {
      keep(undefined);
      setRound((before) => before + 1);
    },
    round,
  };
}

/** What the sending of a draft needs of it. */
export type SentDraft = Pick<Draft<unknown>, "isUnsent" | "discard">;

/** Options of the mutation that sends a draft: it is discarded once it was sent, be its page there still or not, so that it is not sent twice. */
export function discardOnceSent(draft: SentDraft) {
  return {
    onSettled: (_answer: unknown, error: unknown) => {
      if (error === null) draft.discard();
    },
  };
}

function isChange<Value>(change: Value | ((before: Value) => Value)): change is (before: Value) => Value {
  return typeof change === "function";
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
