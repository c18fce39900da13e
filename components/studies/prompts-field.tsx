"use client";
import { NumberField } from "@/components/ui/number-field";
import { Segmented } from "@/components/ui/segmented";
import { TextArea } from "@/components/ui/text-field";
import { studyRows } from "@/lib/contract/study";
import { fewestExamples, tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import { type PromptChoice, promptSourceOf } from "./prompt-choice";
import styles from "./studies.module.css";
import type { StudyHome } from "./study-home";

type PromptsFieldProps = {
  readonly home: StudyHome;
  readonly choice: PromptChoice;
  readonly onChoice: (choice: PromptChoice) => void;
};

/** The prompts that every setting is read on. */
export function PromptsField({ home, choice, onChoice }: PromptsFieldProps) {
  const set = (change: Partial<PromptChoice>) => onChoice({ ...choice, ...change });
  const source = promptSourceOf(choice, home);
  return (
    <fieldset className="plain stack fit">
      <legend className="lab">Prompts</legend>
      <div className={styles["line"]}>
        <Segmented
          label="Prompts"
          value={choice.kind}
          onValueChange={(kind) => set({ kind })}
          options={[
            { value: "rows", label: "Held-out rows", title: "Beginnings of rows that the run did not train on" },
            { value: "page", label: "This prompt", title: "The one at the top of the page" },
            { value: "lines", label: "Several" },
          ]}
        />
        {choice.kind === "rows" && (
          <>
            <NumberField
              label="Rows"
              field="prompts.heldOutRows"
              value={choice.heldOutRows}
              min={1}
              max={256}
              onValueChange={(heldOutRows) => set({ heldOutRows })}
            />
            <NumberField
              label="Tokens of each"
              field="prompts.promptTokens"
              value={choice.promptTokens}
              min={1}
              max={1024}
              onValueChange={(promptTokens) => set({ promptTokens })}
            />
          </>
        )}
      </div>
      {choice.kind === "lines" && (
        <TextArea
          label="One prompt per line"
          field="prompts.texts"
          hint={String.raw`\n is a line break within a prompt`}
          rows={3}
          value={choice.lines}
          onValueChange={(lines) => set({ lines })}
        />
      )}
      <p className="note">{typeof source === "string" ? source : intervalWords(source)}</p>
    </fieldset>
  );
}

function intervalWords(
  source: { readonly texts: readonly string[]; readonly useChatTemplate: boolean } | { readonly heldOutRows: number },
): string {
  const count = "texts" in source ? source.texts.length : source.heldOutRows;
  const template = "texts" in source && source.useChatTemplate ? " Wrapped in the chat template." : "";
  const ours = "heldOutRows" in source && count === studyRows ? ` ${studyRows} is our choice: an interval takes ${fewestExamples}.` : "";
  return `${count < fewestExamples ? `${tooFewWords(count)}, which takes ${fewestExamples}.` : `Intervals are over the ${count} prompts.`}${ours}${template}`;
}
