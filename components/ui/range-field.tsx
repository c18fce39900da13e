"use client";
import { useId, useState } from "react";
import { parseNumber } from "./parse-number";

type RangeFieldProps = {
  readonly label: string;
  /** Null is open. */
  readonly from: number | null;
  readonly to: number | null;
  readonly onRange: (range: { readonly from: number | null; readonly to: number | null }) => void;
  readonly kind?: "integer" | "real";
  /** What stands in an open end: the least and the largest value there is, say. */
  readonly ends?: readonly [string, string];
};

/** Two ends of a range, typed; an empty one is open. Taken when the field is left or Enter is pressed; what cannot be read says why. */
export function RangeField({ label, from, to, onRange, kind = "real", ends }: RangeFieldProps) {
  const id = useId();
  return (
    <fieldset className="field plain" aria-label={label}>
      <span className="lab" id={id}>
        {label}
      </span>
      <span className="row">
        <End
          label={`${label}, from`}
          value={from}
          kind={kind}
          placeholder={ends?.[0] ?? "any"}
          onValue={(value) => onRange({ from: value, to })}
        />
        <span className="dim" aria-hidden="true">
          to
        </span>
        <End
          label={`${label}, to`}
          value={to}
          kind={kind}
          placeholder={ends?.[1] ?? "any"}
          onValue={(value) => onRange({ from, to: value })}
        />
      </span>
    </fieldset>
  );
}

type EndProps = {
  readonly label: string;
  readonly value: number | null;
  readonly kind: "integer" | "real";
  readonly placeholder: string;
  readonly onValue: (value: number | null) => void;
};

function End({ label, value, kind, placeholder, onValue }: EndProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const parsed = typed === null || typed.trim() === "" ? null : parseNumber(typed, { kind });
  const take = () => {
    if (typed === null || parsed?.error !== undefined) return;
    const next = parsed?.value ?? null;
    setTyped(null);
    if (next !== value) onValue(next);
  };
  return (
    <input
      className="input num"
      aria-label={label}
      aria-invalid={parsed?.error !== undefined}
      title={parsed?.error}
      inputMode={kind === "integer" ? "numeric" : "decimal"}
      autoComplete="off"
      placeholder={placeholder}
      value={typed ?? (value === null ? "" : String(value))}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
      }}
    />
  );
}
