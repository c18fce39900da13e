"use client";
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from "react";
import { Field } from "./field";
import { useFieldError } from "./form-context";
import { wholeInSight } from "./whole-in-sight";

type Labelled = {
  label: string;
  /** Its name in the form (`components/forms`). */
  field?: string | undefined;
  hint?: ReactNode;
  error?: ReactNode;
  onValueChange: (value: string) => void;
};

/** One line of text. */
export function TextField({
  label,
  field,
  hint,
  error,
  onValueChange,
  ...rest
}: Labelled & Omit<InputHTMLAttributes<HTMLInputElement>, "onChange">) {
  const id = useId();
  const { error: shown, attributes } = useFieldError(field, error);
  return (
    <Field label={label} htmlFor={id} hint={hint} error={shown}>
      <input
        id={id}
        className="input"
        autoComplete="off"
        spellCheck={false}
        {...noteFor(id, hint, shown)}
        {...attributes}
        onChange={(event) => onValueChange(event.target.value)}
        {...rest}
      />
    </Field>
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  field,
  hint,
  error,
  onValueChange,
  rows = 4,
  ...rest
}: Labelled & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange">) {
  const id = useId();
  const { error: shown, attributes } = useFieldError(field, error);
  return (
    <Field label={label} htmlFor={id} hint={hint} error={shown}>
      <textarea
        id={id}
        className="input"
        rows={rows}
        onFocus={wholeInSight}
        {...noteFor(id, hint, shown)}
        {...attributes}
        onChange={(event) => onValueChange(event.target.value)}
        {...rest}
      />
    </Field>
  );
}

function noteFor(id: string, hint: ReactNode, error: ReactNode) {
  return { "aria-invalid": Boolean(error), ...(hint || error ? { "aria-describedby": `${id}-note` } : {}) };
}
