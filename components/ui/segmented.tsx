"use client";
import type { ReactNode } from "react";

type SegmentedProps<T extends string> = {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode; isDisabled?: boolean; title?: string }[];
  onValueChange: (value: T) => void;
};

/** One of a few, all in sight. */
export function Segmented<T extends string>({ label, value, options, onValueChange }: SegmentedProps<T>) {
  return (
    <fieldset className="seg" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          disabled={option.isDisabled}
          title={option.title}
          onClick={() => onValueChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}

/** A choice that is on or off, drawn as a segment of one. */
export function ToggleButton({
  isOn,
  onIsOnChange,
  children,
}: {
  isOn: boolean;
  onIsOnChange: (isOn: boolean) => void;
  children: ReactNode;
}) {
  return (
    <span className="seg">
      <button type="button" aria-pressed={isOn} onClick={() => onIsOnChange(!isOn)}>
        {children}
      </button>
    </span>
  );
}
