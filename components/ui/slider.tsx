"use client";
import { type CSSProperties, type ReactNode, useId } from "react";
import { Field } from "./field";

type SliderProps = {
  label: ReactNode;
  value: number;
  min: number;
  max: number;
  step?: number;
  /** The value in words or in its own scale; shown at the right and read aloud. */
  valueText: string;
  onValueChange: (value: number) => void;
  /** In place of the written value: a field to type it in. */
  aside?: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
};

/** A value on a line; arrow keys move it by `step`. A logarithm is taken by the caller, who passes exponents. */
export function Slider({ label, value, min, max, step = 1, valueText, onValueChange, aside, hint, error }: SliderProps) {
  const id = useId();
  const filled = max > min ? ((value - min) / (max - min)) * 100 : 0;
  const style: CSSProperties & { "--filled": string } = { "--filled": `${filled}%` };
  return (
    <Field label={label} htmlFor={id} hint={hint} error={error} aside={aside ?? <b className="num">{valueText}</b>}>
      <input
        id={id}
        className="range"
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={valueText}
        style={style}
        onChange={(event) => onValueChange(Number(event.target.value))}
      />
    </Field>
  );
}
