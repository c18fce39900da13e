"use client";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

/** A choice among several that may all be on. */
export function ChoiceChip({
  isOn,
  onIsOnChange,
  children,
}: {
  isOn: boolean;
  onIsOnChange: (isOn: boolean) => void;
  children: ReactNode;
}) {
  return (
    <button type="button" className={classNames("chip act", isOn ? "on" : "line")} aria-pressed={isOn} onClick={() => onIsOnChange(!isOn)}>
      {children}
    </button>
  );
}

/** A filter in force, with the way to lift it. */
export function FilterChip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span className="chip on">
      {label}
      <button type="button" aria-label={`Remove filter ${label}`} onClick={onRemove}>
        <X size={11} aria-hidden="true" />
      </button>
    </span>
  );
}
