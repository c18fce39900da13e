"use client";
import type { ReactNode } from "react";
import { Tooltip } from "./tooltip";

type Option<T extends string> = {
  readonly value: T;
  readonly label: ReactNode;
  readonly isDisabled?: boolean;
  /** What it means, on hover and focus. */
  readonly title?: string;
};

type SegmentedProps<T extends string> = {
  label: string;
  value: T;
  options: readonly Option<T>[];
  onValueChange: (value: T) => void;
};

/** One of a few, all in sight. */
export function Segmented<T extends string>({ label, value, options, onValueChange }: SegmentedProps<T>) {
  return (
    <fieldset className="seg" aria-label={label}>
      {options.map((option) => {
        const button = (
          <button
            key={option.value}
            type="button"
            aria-pressed={option.value === value}
            disabled={option.isDisabled}
            // What is disabled takes no focus, and the browser's own title is all it can show.
            title={option.isDisabled ? option.title : undefined}
            onClick={() => onValueChange(option.value)}
          >
            {option.label}
          </button>
        );
        if (option.title === undefined || option.isDisabled) return button;
        return (
          <Tooltip key={option.value} text={option.title}>
            {button}
          </Tooltip>
        );
      })}
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
