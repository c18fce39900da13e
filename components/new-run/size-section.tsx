"use client";
import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import { Section, type SectionProps } from "./section";

/** How large the adapters are. */
export function SizeSection({ form, change }: SectionProps) {
  const chosen = chosenMethods(form);
  const isPaired = chosen.length > 1;
  const [first] = chosen.map((method) => formMethodOf({ method }));
  if (first === undefined || first.Size === null) return null;
  return (
    <Section title="Size">
      {chosen.map((method) => {
        const { Size } = formMethodOf({ method });
        return Size === null ? null : <Size key={method} form={form} change={change} isPaired={isPaired} />;
      })}
      <p className="note">{first.note(form, isPaired)}</p>
    </Section>
  );
}
