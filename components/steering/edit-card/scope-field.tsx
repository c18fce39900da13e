"use client";
import styles from "@/components/steering/edits.module.css";
import type { ReadsInput } from "@/components/steering/steer-task";
import { NumberField } from "@/components/ui/number-field";
import { Segmented } from "@/components/ui/segmented";
import type { EditScope } from "@/lib/contract/edit";

type ScopeFieldProps = {
  readonly scope: EditScope;
  readonly reads: ReadsInput;
  readonly onScope: (scope: EditScope) => void;
};

const countedWords: { readonly [Kind in ReadsInput]: string } = {
  tokens: "Counted over the whole sequence, the prompt included; the first token is 0.",
  whole: "Counted over the whole sequence, special tokens included; the first token is 0.",
  patches: "The class token and registers come first, where the model has them, then the patches, row by row; the first position is 0.",
};

/** At which positions an edit works. Positions count from 0 over the whole sequence, prompt included. */
export function ScopeField({ scope, reads, onScope }: ScopeFieldProps) {
  const kind = typeof scope === "string" ? scope : "range";
  const range = typeof scope === "string" ? { from: 0, to: 0 } : scope;
  return (
    <div className="stack">
      <Segmented
        label="Scope"
        value={kind}
        onValueChange={(next) => onScope(next === "range" ? { from: 0, to: 31 } : next)}
        options={[
          { value: "all", label: reads === "patches" ? "All patches" : "All tokens" },
          // A text that is read whole has no part that was generated; an edit that was made elsewhere still says what it is.
          ...(reads === "tokens" || kind === "prompt" ? [{ value: "prompt", label: "Prompt" } as const] : []),
          ...(reads === "tokens" || kind === "generated" ? [{ value: "generated", label: "Generated" } as const] : []),
          {
            value: "range",
            label: "From – to",
            title: reads === "patches" ? "Positions, from 0" : "Positions in the whole sequence, from 0",
          },
        ]}
      />
      {kind === "range" && (
        <>
          <div className={`columns even gap-8 ${styles["positions"]}`}>
            <NumberField
              label="from position"
              value={range.from}
              min={0}
              onValueChange={(from) => onScope({ from, to: Math.max(from, range.to) })}
            />
            <NumberField label="to position" value={range.to} min={range.from} onValueChange={(to) => onScope({ from: range.from, to })} />
          </div>
          <p className="note">{countedWords[reads]}</p>
        </>
      )}
    </div>
  );
}
