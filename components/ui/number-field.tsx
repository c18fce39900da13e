"use client";
import { type ReactNode, useId } from "react";
import { formatFixed, formatInteger } from "@/lib/numbers/format";
import { Field } from "./field";
import { useFieldError, useTypedState } from "./form-context";
import { parseNumber } from "./parse-number";

type NumberFieldProps = {
  label: string;
  /** Its name in the form (`components/forms`). */
  field?: string;
  value: number;
  onValueChange: (value: number) => void;
  kind?: "integer" | "real";
  min?: number;
  max?: number;
  hint?: ReactNode;
  error?: ReactNode;
  isDisabled?: boolean;
};

/** A number typed as people write it (`2 000`, `2e-3`, `0,5`). Input that cannot be parsed stays in the field with the reason, and the value does not change. */
export function NumberField({ label, field, value, onValueChange, kind = "integer", min, max, hint, error, isDisabled }: NumberFieldProps) {
  const id = useId();
  const { typed, setTyped } = useTypedState(field);
  const read = (text: string) => parseNumber(text, { kind, min, max });
  // Input that cannot be parsed is replaced when the value changes elsewhere.
  const isShown = typed !== null && (typed.beside === String(value) || read(typed.text).value !== null);
  const typedError = isShown ? read(typed.text).error : undefined;
  const written = writeNumber(value, kind);
  const { error: shownError, attributes } = useFieldError(field, typedError ?? error);
  return (
    <Field label={label} htmlFor={id} hint={hint} error={shownError}>
      <input
        id={id}
        {...attributes}
        className="input num"
        inputMode={kind === "integer" ? "numeric" : "decimal"}
        autoComplete="off"
        disabled={isDisabled}
        aria-invalid={Boolean(shownError)}
        aria-describedby={hint || shownError ? `${id}-note` : undefined}
        value={isShown ? typed.text : written.text}
        title={isShown || written.isExact ? undefined : String(value)}
        onChange={(event) => {
          const { value: next } = read(event.target.value);
          setTyped({ text: event.target.value, beside: String(value) }, next !== null);
          if (next !== null) onValueChange(next);
        }}
        onBlur={() => {
          if (typedError === undefined) setTyped(null, true);
        }}
      />
    </Field>
  );
}

/** Shortens a computed number to six significant digits for display. The field has the exact value as its title, and the value itself stays exact. */
function writeNumber(value: number, kind: "integer" | "real"): { text: string; isExact: boolean } {
  if (kind === "integer") return { text: formatInteger(value), isExact: true };
  const short = Number(value.toPrecision(6));
  const size = Math.abs(short);
  const isExact = short === value;
  if (short !== 0 && (size < 1e-2 || size >= 1e6)) return { text: short.toExponential().replace("e+", "e"), isExact };
  const decimals = String(short).split(".")[1]?.length ?? 0;
  return { text: formatFixed(short, decimals), isExact };
}
