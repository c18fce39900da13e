"use client";
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from "react";
import { Field } from "./field";

type Labelled = { label: string; hint?: ReactNode; error?: ReactNode; onValueChange: (value: string) => void };

/** One line of text. */
export function TextField({
  label,
  hint,
  error,
  onValueChange,
  ...rest
}: Labelled & Omit<InputHTMLAttributes<HTMLInputElement>, "onChange">) {
  const id = useId();
  return (
    <Field label={label} htmlFor={id} hint={hint} error={error}>
      <input
        id={id}
        className="input"
        autoComplete="off"
        spellCheck={false}
        {...noteFor(id, hint, error)}
        onChange={(event) => onValueChange(event.target.value)}
        {...rest}
      />
    </Field>
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  hint,
  error,
  onValueChange,
  rows = 4,
  ...rest
}: Labelled & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange">) {
  const id = useId();
  return (
    <Field label={label} htmlFor={id} hint={hint} error={error}>
      <textarea
        id={id}
        className="input"
        rows={rows}
        {...noteFor(id, hint, error)}
        onChange={(event) => onValueChange(event.target.value)}
        {...rest}
      />
    </Field>
  );
}

function noteFor(id: string, hint: ReactNode, error: ReactNode) {
  return { "aria-invalid": Boolean(error), ...(hint || error ? { "aria-describedby": `${id}-note` } : {}) };
}
