"use client";
import { useState } from "react";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import styles from "./new-run.module.css";
import { readEscapes, writeEscapes } from "./separator-text";

const common = [
  { value: "", label: "none (our default)" },
  { value: " ", label: "a space" },
  { value: "\n", label: "a line break" },
  { value: "\n\n", label: "an empty line" },
];
const other = "other";

type SeparatorFieldProps = { separator: string; onSeparator: (separator: string) => void };

/** What is written between a prompt and its completion. */
export function SeparatorField({ separator, onSeparator }: SeparatorFieldProps) {
  const [isTyping, setIsTyping] = useState(false);
  const isOther = isTyping || !common.some(({ value }) => value === separator);
  return (
    <div className={`stack gap-4 ${styles["separator"]}`}>
      <Select
        label="Separator"
        field="mapping.separator"
        isDense
        value={isOther ? other : separator}
        options={[...common, { value: other, label: "other text" }]}
        onValueChange={(value) => {
          setIsTyping(value === other);
          if (value !== other) onSeparator(value);
        }}
      />
      {isOther ? (
        <TextField
          label="Separator text"
          className="input mono"
          maxLength={200}
          value={writeEscapes(separator)}
          hint={"\\n is a line break, \\r a carriage return, \\t a tab"}
          onValueChange={(text) => onSeparator(readEscapes(text))}
        />
      ) : null}
    </div>
  );
}
