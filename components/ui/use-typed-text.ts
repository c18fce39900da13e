import { useState } from "react";

type TypedTextOptions<Value> = {
  readonly value: Value;
  readonly write: (value: Value) => string;
  /** Undefined where the text cannot be read: the value then stays. */
  readonly read: (text: string) => Value | undefined;
  readonly onValue: (value: Value) => void;
};

/**
 * The text of a field whose value is not text: as it was typed (`a|`, `0-3,`) for as long as the value is the one that was typed, and as the
 * value is written once another comes from elsewhere.
 */
export function useTypedText<Value>({ value, write, read, onValue }: TypedTextOptions<Value>) {
  const [typed, setTyped] = useState<{ text: string; meant: string } | null>(null);
  const written = write(value);
  return {
    text: typed?.meant === written ? typed.text : written,
    onText: (text: string) => {
      const next = read(text);
      setTyped({ text, meant: next === undefined ? written : write(next) });
      if (next !== undefined) onValue(next);
    },
    /** Writes the value in place of what was typed. */
    settle: () => setTyped(null),
  };
}
