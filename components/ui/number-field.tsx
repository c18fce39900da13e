"use client";
import { type ReactNode, useId, useState } from "react";
import { formatFixed, formatInteger } from "@/lib/numbers/format";
import { Field } from "./field";
import { parseNumber } from "./parse-number";

type NumberFieldProps = {
  label: string;
  value: number;
  onValueChange: (value: number) => void;
  kind?: "integer" | "real";
  min?: number;
  max?: number;
  hint?: ReactNode;
  error?: ReactNode;
  isDisabled?: boolean;
};

/** A number typed as people write it (`2 000`, `2e-3`, `0,5`). What cannot be read stays as typed, with the reason, and the value keeps. */
export function NumberField({ label, value, onValueChange, kind = "integer", min, max, hint, error, isDisabled }: NumberFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const parsed = typed === null ? null : parseNumber(typed, { kind, min, max });
  const shownError = parsed?.error ?? error;
  return (
    <Field label={label} htmlFor={id} hint={hint} error={shownError}>
      <input
        id={id}
        className="input num"
        inputMode={kind === "integer" ? "numeric" : "decimal"}
        autoComplete="off"
        disabled={isDisabled}
        aria-invalid={Boolean(shownError)}
        aria-describedby={hint || shownError ? `${id}-note` : undefined}
        value={typed ?? writeNumber(value, kind)}
        onChange={(event) => {
          setTyped(event.target.value);
          const next = parseNumber(event.target.value, { kind, min, max });
          if (next.value !== null) onValueChange(next.value);
        }}
        onBlur={() => {
          if (parsed?.error === undefined) setTyped(null);
        }}
      />
    </Field>
  );
}

function writeNumber(value: number, kind: "integer" | "real"): string {
  if (kind === "integer") return formatInteger(value);
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-2 || size >= 1e6)) return value.toExponential().replace("e+", "e");
  const decimals = String(value).split(".")[1]?.length ?? 0;
  return formatFixed(value, decimals);
}
