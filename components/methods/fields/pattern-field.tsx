"use client";
import { TextArea } from "@/components/ui/text-field";
import { useTypedText } from "@/components/ui/use-typed-text";
import type { ModulePattern } from "@/lib/contract/methods/module-pattern";
import { parsePattern, writePattern } from "./pattern-list";
import { useRe2 } from "./use-re2";

type PatternFieldProps = {
  readonly label: string;
  readonly field: string;
  readonly kind: "size" | "number";
  readonly pattern: ModulePattern;
  readonly onPattern: (pattern: ModulePattern) => void;
};

/** Sizes that single modules have of their own. */
export function PatternField({ label, field, kind, pattern, onPattern }: PatternFieldProps) {
  const { text, onText } = useTypedText({
    field,
    value: pattern,
    write: writePattern,
    read: (typed) => parsePattern(typed, kind).pattern,
    onValue: onPattern,
  });
  useRe2(text !== "");
  return (
    <TextArea
      label={label}
      field={field}
      rows={2}
      value={text}
      placeholder="same for all modules"
      hint="One per line, such as v_proj: 4 or layers.0.*: 16; the first match applies"
      error={parsePattern(text, kind).error}
      onValueChange={onText}
    />
  );
}
