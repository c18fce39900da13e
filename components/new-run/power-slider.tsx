"use client";
import { useId, useState } from "react";
import { parseNumber } from "@/components/ui/parse-number";
import { Slider } from "@/components/ui/slider";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./new-run.module.css";

type PowerSliderProps = { label: string; value: number; maxPower: number; max: number; onValueChange: (value: number) => void };

/** A whole number on a line of powers of two, or typed exactly. */
export function PowerSlider({ label, value, maxPower, max, onValueChange }: PowerSliderProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const error = typed === null ? undefined : parseNumber(typed, { kind: "integer", min: 1, max }).error;
  const exact = (
    <input
      id={id}
      className={`input num ${styles["exact"]}`}
      aria-label={`${label}, exactly`}
      aria-invalid={error !== undefined}
      title={error}
      inputMode="numeric"
      value={typed ?? formatInteger(value)}
      onChange={(event) => {
        setTyped(event.target.value);
        const read = parseNumber(event.target.value, { kind: "integer", min: 1, max });
        if (read.value !== null) onValueChange(read.value);
      }}
      onBlur={() => {
        if (error === undefined) setTyped(null);
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
      onValueChange={(power) => {
        setTyped(null);
        onValueChange(2 ** Math.round(power));
      }}
    />
  );
}
