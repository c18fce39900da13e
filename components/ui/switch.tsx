"use client";
import { type ReactNode, useId } from "react";

/** On or off, taking effect at once. */
export function Switch({
  label,
  isLabelHidden = false,
  isOn,
  onIsOnChange,
  isDisabled,
}: {
  label: ReactNode;
  isLabelHidden?: boolean;
  isOn: boolean;
  onIsOnChange: (isOn: boolean) => void;
  isDisabled?: boolean;
}) {
  const id = useId();
  return (
    <span className="row small mid">
      <input
        id={id}
        type="checkbox"
        role="switch"
        className="switch"
        checked={isOn}
        aria-checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onIsOnChange(event.target.checked)}
      />
      <label htmlFor={id} className={isLabelHidden ? "vh" : undefined}>
        {label}
      </label>
    </span>
  );
}
