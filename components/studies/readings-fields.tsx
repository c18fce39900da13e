"use client";
import { NumberField } from "@/components/ui/number-field";
import { TextField } from "@/components/ui/text-field";

import type { ReadingsChoice } from "./readings-choice";

type ReadingsFieldsProps = { readonly choice: ReadingsChoice; readonly onChoice: (choice: ReadingsChoice) => void };

/** How far each prompt is continued, and the strings whose probability is read. */
export function ReadingsFields({ choice, onChoice }: ReadingsFieldsProps) {
  return (
    <>
      <NumberField
        label="Continued by"
        field="continuationTokens"
        value={choice.continuationTokens}
        min={1}
        max={256}
        hint="tokens"
        onValueChange={(continuationTokens) => onChoice({ ...choice, continuationTokens })}
      />
      <TextField
        label="Target strings"
        field="targets"
        placeholder=" grams| cups"
        hint="Their log p right after each prompt; separated by |, spaces count"
        value={choice.targets}
        onValueChange={(targets) => onChoice({ ...choice, targets })}
      />
    </>
  );
}
