"use client";
import { NumberField } from "@/components/ui/number-field";
import { Switch } from "@/components/ui/switch";
import { TextArea } from "@/components/ui/text-field";
import { useTypedText } from "@/components/ui/use-typed-text";
import type { ModulePattern } from "@/lib/contract/module-sizes";
import styles from "./new-run.module.css";
import { parsePattern, writePattern } from "./pattern-list";
import { trainsLora, trainsStan } from "./run-form";
import type { SectionProps } from "./section";

/** Variants of LoRA, and sizes that single modules have of their own. */
export function AdapterOptions({ form, change }: SectionProps) {
  return (
    <div className={styles["advanced"]}>
      {!trainsLora(form) ? null : (
        <>
          <Switch label="rsLoRA: scale by alpha / √rank" isOn={form.useRslora} onIsOnChange={(useRslora) => change({ useRslora })} />
          <Switch
            label="DoRA: train the magnitude of each output apart from its direction"
            isOn={form.useDora}
            onIsOnChange={(useDora) => change({ useDora })}
          />
          <div className={styles["three"]}>
            <NumberField
              label="LoRA dropout, share"
              field="adapter.dropout"
              kind="real"
              value={form.dropout}
              min={0}
              max={0.99}
              onValueChange={(dropout) => change({ dropout })}
              hint="On the input of A, in training alone"
            />
          </div>
          <div className={styles["two"]}>
            <PatternField
              label="Rank by module"
              field="adapter.rankPattern"
              kind="size"
              pattern={form.rankPattern}
              onPattern={(rankPattern) => change({ rankPattern })}
            />
            <PatternField
              label="LoRA alpha by module"
              field="adapter.alphaPattern"
              kind="number"
              pattern={form.alphaPattern}
              onPattern={(alphaPattern) => change({ alphaPattern })}
            />
          </div>
        </>
      )}
      {!trainsStan(form) ? null : (
        <div className={styles["two"]}>
          <PatternField
            label="Latents by module"
            field="adapter.latentsPattern"
            kind="size"
            pattern={form.latentsPattern}
            onPattern={(latentsPattern) => change({ latentsPattern })}
          />
          <PatternField
            label="k by module"
            field="adapter.kPattern"
            kind="size"
            pattern={form.kPattern}
            onPattern={(kPattern) => change({ kPattern })}
          />
        </div>
      )}
    </div>
  );
}

type PatternFieldProps = {
  readonly label: string;
  readonly field: string;
  readonly kind: "size" | "number";
  readonly pattern: ModulePattern;
  readonly onPattern: (pattern: ModulePattern) => void;
};

function PatternField({ label, field, kind, pattern, onPattern }: PatternFieldProps) {
  const { text, onText } = useTypedText({
    field,
    value: pattern,
    write: writePattern,
    read: (typed) => parsePattern(typed, kind).pattern,
    onValue: onPattern,
  });
  return (
    <TextArea
      label={label}
      field={field}
      rows={2}
      value={text}
      placeholder="all alike"
      hint="One a line, as v_proj: 4 or layers.0.*: 16; the first that matches counts"
      error={parsePattern(text, kind).error}
      onValueChange={onText}
    />
  );
}
