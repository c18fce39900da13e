"use client";
import { Search } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { searchedWords } from "@/lib/contract/positions/positions";
import { capitalised } from "@/lib/numbers/format";
import styles from "./latents.module.css";

type LatentSearchProps = {
  readonly positions: PositionKind;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
};

const waitMs = 200;

/** Part of a top token or of a label; asks once typing pauses. */
export function LatentSearch({ positions, value, onValue, inputRef }: LatentSearchProps) {
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
      <span className="vh">
        {capitalised(positions.hasVocabulary ? `top ${searchedWords(positions)}` : searchedWords(positions))} contains
      </span>
      <input
        ref={inputRef}
        value={typed}
        placeholder={capitalised(searchedWords(positions))}
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
