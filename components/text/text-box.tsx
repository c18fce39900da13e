"use client";
import { type KeyboardEvent, useId } from "react";
import { wholeInSight } from "@/components/ui/whole-in-sight";

type TextBoxProps = {
  readonly label: string;
  /** Seen by screen readers alone where the panel's title says the same. */
  readonly isLabelHidden?: boolean;
  readonly rows?: number;
  readonly value: string;
  readonly maxLength: number;
  readonly placeholder: string;
  readonly onValueChange: (text: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
};

/** A text that a model reads. */
export function TextBox({ label, isLabelHidden = false, rows = 3, onValueChange, ...rest }: TextBoxProps) {
  const id = useId();
  return (
    <>
      <label className={isLabelHidden ? "vh" : "lab"} htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className="input"
        rows={rows}
        onFocus={wholeInSight}
        onChange={(event) => onValueChange(event.target.value)}
        {...rest}
      />
    </>
  );
}
