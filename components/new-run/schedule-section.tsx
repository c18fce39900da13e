"use client";
import { Disclosure } from "@/components/ui/disclosure";
import { NumberField } from "@/components/ui/number-field";
import { Switch } from "@/components/ui/switch";
import { AdapterOptions } from "./adapter-options";
import { AdvancedFields } from "./advanced-fields";
import styles from "./new-run.module.css";
import { trainsLatents, trainsLora, trainsStan } from "./run-form";
import { Section, type SectionProps } from "./section";

/** How long and how fast it learns; what is rarely changed is folded away. */
export function ScheduleSection({ form, change }: SectionProps) {
  const { training } = form;
  const train = (changes: Partial<typeof training>) => change({ training: { ...training, ...changes } });
  return (
    <Section title="Training">
      <div className={styles["three"]}>
        <NumberField label="Steps" value={training.steps} min={1} onValueChange={(steps) => train({ steps })} />
        <NumberField label="Batch, rows" value={training.batchRows} min={1} onValueChange={(batchRows) => train({ batchRows })} />
        <NumberField
          label="Length, tokens"
          value={training.maxTokens}
          min={2}
          max={131_072}
          onValueChange={(maxTokens) => train({ maxTokens })}
        />
        {ratesOf(form).map(({ key, label, value }) => (
          <NumberField key={key} label={label} kind="real" value={value} min={0} onValueChange={(rate) => change({ [key]: rate })} />
        ))}
        <NumberField label="Seed" value={training.seed} min={0} onValueChange={(seed) => train({ seed })} />
      </div>
      <Disclosure summary="Schedule, optimizer, evaluation, variants">
        <AdvancedFields form={form} change={change} />
        {trainsLatents(form) ? <AdapterOptions form={form} change={change} /> : null}
      </Disclosure>
      {trainsLatents(form) ? <CollectionFields form={form} change={change} /> : null}
    </Section>
  );
}

type Rate = { readonly key: "stanRate" | "loraRate" | "fullRate" | "headRate"; readonly label: string; readonly value: number };

function ratesOf(form: SectionProps["form"]): Rate[] {
  return [
    ...(trainsStan(form) ? [{ key: "stanRate" as const, label: "Learning rate, STAN", value: form.stanRate }] : []),
    ...(trainsLora(form) ? [{ key: "loraRate" as const, label: "Learning rate, LoRA", value: form.loraRate }] : []),
    ...(form.method === "full" ? [{ key: "fullRate" as const, label: "Learning rate", value: form.fullRate }] : []),
    ...(form.method === "head" ? [{ key: "headRate" as const, label: "Learning rate", value: form.headRate }] : []),
  ];
}

/** A statistics pass over the latents of what was trained. */
function CollectionFields({ form, change }: SectionProps) {
  return (
    <>
      <Switch
        label="Collect statistics of every latent afterwards"
        isOn={form.collectionTokens !== null}
        onIsOnChange={(isOn) => change({ collectionTokens: isOn ? 200_000 : null })}
      />
      {form.collectionTokens === null ? null : (
        <div className={styles["two"]}>
          <NumberField
            label="Counted tokens"
            value={form.collectionTokens}
            min={1}
            onValueChange={(collectionTokens) => change({ collectionTokens })}
            hint="The pass ends here, or with the data"
          />
        </div>
      )}
    </>
  );
}
