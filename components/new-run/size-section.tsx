"use client";
import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import { methodName } from "@/components/shell/method-mark";
import { Disclosure } from "@/components/ui/disclosure";
import type { RunForm } from "./run-form";
import { Section, type SectionProps } from "./section";

/** How large the adapters are. */
export function SizeSection({ form, change }: SectionProps) {
  const chosen = chosenMethods(form);
  const isPaired = chosen.length > 1;
  const [first] = chosen.map((method) => formMethodOf({ method }));
  if (first === undefined || first.Size === null) return null;
  return (
    <Section title="Size">
      <Disclosure isForNarrow summary={sizeWords(form)}>
        <div className="stack fit gap-12">
          {chosen.map((method) => {
            const { Size } = formMethodOf({ method });
            return Size === null ? null : <Size key={method} form={form} change={change} isPaired={isPaired} />;
          })}
          <p className="note">{first.note(form, isPaired)}</p>
        </div>
      </Disclosure>
    </Section>
  );
}

/** `16 of 256 latents; LoRA all 16 ranks`. */
function sizeWords(form: RunForm): string {
  const chosen = chosenMethods(form);
  const isPaired = chosen.length > 1;
  return chosen
    .flatMap((method, place) => {
      const words = formMethodOf({ method }).sizeOf(form, isPaired)?.words;
      return words === undefined ? [] : [place === 0 ? words : `${methodName(method)} ${words}`];
    })
    .join("; ");
}
