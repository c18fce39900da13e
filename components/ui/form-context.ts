"use client";
import { createContext, type ReactNode, useContext, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type { TypedText } from "./use-draft";

/** What the form around a field (`components/forms`) does for it. */
export type FormAround = {
  /** Text that cannot be parsed yet, by field. */
  readonly typed: Readonly<Record<string, TypedText>>;
  readonly setTyped: (field: string, typed: TypedText | undefined) => void;
  /** How often the form started over: what was typed before no longer counts. */
  readonly round: number;
  /** Why the request was refused, by field, until the form changes. */
  readonly refusals: Readonly<Record<string, string>>;
  /** Adds a field that can be wrong. @returns how to remove it */
  readonly addField: (field: string, isWrong: () => boolean) => () => void;
};

export const FormContext = createContext<FormAround | null>(null);

/**
 * What is wrong with a field: its own error, or else why the request was refused; and the attributes of its control. The form learns of the field, and
 * asks it before anything is sent.
 *
 * @param field its name, the end of its path in the request
 * @param own what the page itself finds wrong
 */
export function useFieldError(field: string | undefined, own: ReactNode) {
  const around = useContext(FormContext);
  const id = useId();
  const name = field ?? id;
  const isWrong = useRef(false);
  useLayoutEffect(() => {
    isWrong.current = Boolean(own);
  });
  const addField = around?.addField;
  useEffect(() => addField?.(name, () => isWrong.current), [addField, name]);
  const refused = own ? undefined : around?.refusals[name];
  return { error: own || refused, refused, attributes: { "data-field": around === null ? field : name } };
}

/** The text typed in a field. While it cannot be parsed, it is kept with the draft, if the field has a name in a form. */
export function useTypedState(field: string | undefined) {
  const around = useContext(FormContext);
  const round = around?.round ?? 0;
  const [shown, setShown] = useState<{ readonly typed: TypedText | null; readonly round: number }>({ typed: null, round });
  const kept = field === undefined ? undefined : around?.typed[field];
  return {
    typed: (shown.round === round ? shown.typed : null) ?? kept ?? null,
    setTyped: (typed: TypedText | null, isReadable: boolean) => {
      setShown({ typed, round });
      if (field !== undefined) around?.setTyped(field, typed === null || isReadable ? undefined : typed);
    },
  };
}
