import { useTypedState } from "./form-context";

type TypedTextOptions<Value> = {
  /** Its name in the form (`components/forms`). */
  readonly field?: string;
  readonly value: Value;
  readonly write: (value: Value) => string;
  /** Undefined where the text cannot be read: the value then stays. */
  readonly read: (text: string) => Value | undefined;
  readonly onValue: (value: Value) => void;
};

/**
 * The text of a field whose value is not text: what was typed (`a|`, `0-3,`) while the value is still the one typed, and the written value once it
 * changes elsewhere.
 */
export function useTypedText<Value>({ field, value, write, read, onValue }: TypedTextOptions<Value>) {
  const { typed, setTyped } = useTypedState(field);
  const written = write(value);
  return {
    text: typed?.beside === written ? typed.text : written,
    onText: (text: string) => {
      const next = read(text);
      setTyped({ text, beside: next === undefined ? written : write(next) }, next !== undefined);
      if (next !== undefined) onValue(next);
    },
    /** Writes the value in place of what was typed. */
    settle: () => setTyped(null, true),
  };
}
