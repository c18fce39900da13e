"use client";
import { Search } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import styles from "./latents.module.css";

type TokenSearchProps = {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
};

const waitMs = 200;

/** Part of a top token or of a label; asks once typing pauses. */
export function TokenSearch({ value, onValue, inputRef }: TokenSearchProps) {
  const [typed, setTyped] = useState(value);
  const [last, setLast] = useState(value);
  if (value !== last) {
    setLast(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onValue(typed), waitMs);
    return () => clearTimeout(timer);
  }, [typed, value, onValue]);
  return (
    <label className={`search ${styles["search"]}`}>
      <Search size={14} aria-hidden="true" />
      <span className="vh">Top token or label contains</span>
      <input
        ref={inputRef}
        value={typed}
        placeholder="Token or label"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key === "Enter") onValue(typed);
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}
