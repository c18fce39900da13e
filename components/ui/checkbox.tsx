"use client";
import { type ReactNode, useId } from "react";

/** Chosen or not, taking effect with the form or the selection it belongs to. */
export function Checkbox({
  label,
  isLabelHidden = false,
  isChecked,
  onIsCheckedChange,
}: {
  label: ReactNode;
  isLabelHidden?: boolean;
  isChecked: boolean;
  onIsCheckedChange: (isChecked: boolean) => void;
}) {
  const id = useId();
  return (
    <span className="row small mid">
      <input id={id} type="checkbox" className="check" checked={isChecked} onChange={(event) => onIsCheckedChange(event.target.checked)} />
      <label htmlFor={id} className={isLabelHidden ? "vh" : undefined}>
        {label}
      </label>
    </span>
  );
}
