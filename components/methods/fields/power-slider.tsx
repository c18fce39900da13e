"use client";
import { useId } from "react";
import { useFieldError } from "@/components/ui/form-context";
import { parseNumber } from "@/components/ui/parse-number";
import { Slider } from "@/components/ui/slider";
import { useTypedText } from "@/components/ui/use-typed-text";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./fields.module.css";

type PowerSliderProps = {
  label: string;
  field: string;
  value: number;
  maxPower: number;
  max: number;
  onValueChange: (value: number) => void;
};

/** A whole number on a line of powers of two, or typed exactly. */
export function PowerSlider({ label, field, value, maxPower, max, onValueChange }: PowerSliderProps) {
  const id = useId();
  const read = (text: string) => parseNumber(text, { kind: "integer", min: 1, max });
  const { text, onText, settle } = useTypedText({
    field,
    value,
    write: formatInteger,
    read: (typed) => read(typed).value ?? undefined,
    onValue: onValueChange,
  });
  const { error: typedError } = read(text);
  const { error, attributes } = useFieldError(field, typedError);
  const exact = (
    <input
      id={id}
      className={`input num ${styles["exact"]}`}
      aria-label={`${label}, exactly`}
      aria-invalid={Boolean(error)}
      aria-describedby={error ? `${id}-error` : undefined}
      {...attributes}
      inputMode="numeric"
      value={text}
      onChange={(event) => onText(event.target.value)}
      onBlur={() => {
        if (typedError === undefined) settle();
      }}
    />
  );
  return (
    <Slider
      label={label}
      value={Math.min(maxPower, Math.log2(value))}
      min={0}
      max={maxPower}
      step={1}
      valueText={formatInteger(value)}
      aside={exact}
      error={error && <span id={`${id}-error`}>{error}</span>}
      onValueChange={(power) => {
        settle();
        onValueChange(2 ** Math.round(power));
      }}
    />
  );
}
