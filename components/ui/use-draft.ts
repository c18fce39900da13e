"use client";
import { useEffect, useState } from "react";
import { type DraftSchema, readDraft } from "./drafts";
import { useKept } from "./use-kept";

/** What is typed in a field, and the value that the field had then. */
export type TypedText = { readonly text: string; readonly beside: string };

export type Draft<Value> = {
  readonly value: Value;
  readonly set: (change: Value | ((before: Value) => Value)) => void;
  /** Whether it holds what a person typed and has not sent. */
  readonly isUnsent: boolean;
  /** What is typed and cannot be read yet, by field: it is not in the value. */
  readonly typed: Readonly<Record<string, TypedText>>;
  readonly setTyped: (field: string, typed: TypedText | undefined) => void;
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
  const typedName = `typed/${name}`;
  const [typed = nothingTyped, keepTyped] = useKept(typedName, typedTexts);
  const isUnsent = (draft !== undefined && !isSame(draft, beginning)) || typed !== nothingTyped;
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
    typed,
    setTyped: (field, entry) => {
      const { [field]: before, ...others } = readDraft(typedName, typedTexts) ?? nothingTyped;
      if (entry === undefined && before === undefined) return;
      const next = entry === undefined ? others : { ...others, [field]: entry };
      keepTyped(isSame(next, nothingTyped) ? undefined : next);
    },
    discard: () => {
      keep(undefined);
      keepTyped(undefined);
      setRound((before) => before + 1);
    },
    round,
  };
}

/** What the sending of a draft needs of it. */
export type SentDraft = Pick<Draft<unknown>, "isUnsent" | "discard">;

/**
 * Options of the mutation that sends a draft: it is discarded once it was sent, whether its page is still there or not, so that it is not sent twice.
 * Callbacks given to `mutate` run first: they are lost with the part of the form that begins anew.
 */
export function discardOnceSent(draft: SentDraft) {
  return {
    onSettled: (_answer: unknown, error: unknown) => {
      if (error === null) setTimeout(draft.discard);
    },
  };
}

const nothingTyped: Readonly<Record<string, TypedText>> = {};

const typedTexts: DraftSchema<Readonly<Record<string, TypedText>>> = {
  parse: (stored) => {
    const fits = Object.values(Object(stored)).every((entry) => {
      const { text, beside } = Object(entry) as Partial<TypedText>;
      return typeof text === "string" && typeof beside === "string";
    });
    if (!fits) throw new TypeError("another form");
    return stored as Readonly<Record<string, TypedText>>;
  },
};

function isChange<Value>(change: Value | ((before: Value) => Value)): change is (before: Value) => Value {
  return typeof change === "function";
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
