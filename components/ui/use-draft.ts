"use client";
import { useEffect, useState } from "react";
import { type DraftSchema, readDraft } from "./drafts";
import { isSame } from "./is-same";
import { useKept } from "./use-kept";

/** The text in a field, and the value that the field had when it was typed. */
export type TypedText = { readonly text: string; readonly beside: string };

export type Draft<Value> = {
  readonly value: Value;
  readonly set: (change: Value | ((before: Value) => Value)) => void;
  /** Whether it holds unsent input. */
  readonly isUnsent: boolean;
  /** Text that cannot be parsed yet, by field: it is not in the value. */
  readonly typed: Readonly<Record<string, TypedText>>;
  readonly setTyped: (field: string, typed: TypedText | undefined) => void;
  /** Goes back to the beginning, also once the draft was sent. */
  readonly discard: () => void;
  /** How often it was discarded: the key of what must then start over. */
  readonly round: number;
};

/**
 * Form state that must not be lost (`drafts.ts`). Moving within the application asks nothing, since the draft is there on return; the browser asks
 * before the tab closes, which ends the draft.
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

export function isChange<Value>(change: Value | ((before: Value) => Value)): change is (before: Value) => Value {
  return typeof change === "function";
}
