"use client";
import type { ReactNode } from "react";
import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import { methodName } from "@/components/shell/method-mark";
import { Disclosure } from "@/components/ui/disclosure";
import { NumberField } from "@/components/ui/number-field";
import { Switch } from "@/components/ui/switch";
import { formatPlural } from "@/lib/numbers/format";
import { AdvancedFields } from "./advanced-fields";
import { defaultRates } from "./default-rates";
import styles from "./new-run.module.css";
import { type RunForm, trainsLatents } from "./run-form";
import { Section, type SectionProps } from "./section";

type ScheduleSectionProps = SectionProps & {
  /** What is to be said of the length of rows, under it. */
  readonly lengthNote?: ReactNode;
  /** Whether rows are images, which are never cut: their length is the model's. */
  readonly isOfImages?: boolean;
};

/** How long and how fast it learns; what is rarely changed is folded away. */
export function ScheduleSection({ form, change, lengthNote, isOfImages = false }: ScheduleSectionProps) {
  const { training } = form;
  const train = (changes: Partial<typeof training>) => change({ training: { ...training, ...changes } });
  const ours = defaultRates(form.task);
  const chosen = chosenMethods(form);
  const isPaired = chosen.length > 1;
  return (
    <Section title="Training">
      <Disclosure isForNarrow summary={trainingWords(training, isOfImages)}>
        <div className="stack fit gap-12">
          <div className="columns three">
            <NumberField label="Steps" field="training.steps" value={training.steps} min={1} onValueChange={(steps) => train({ steps })} />
            <NumberField
              label="Batch, rows"
              field="training.batchRows"
              value={training.batchRows}
              min={1}
              onValueChange={(batchRows) => train({ batchRows })}
            />
            {isOfImages ? null : (
              <NumberField
                label="Length, tokens"
                field="training.maxTokens"
                value={training.maxTokens}
                min={2}
                max={131_072}
                onValueChange={(maxTokens) => train({ maxTokens })}
              />
            )}
            {chosen.map((method, place) => (
              <NumberField
                key={method}
                label={isPaired ? `Learning rate, ${methodName(method)}` : "Learning rate"}
                field={isPaired ? `${place}.config.training.learningRate` : "training.learningRate"}
                kind="real"
                value={form.rates[method]}
                min={0}
                onValueChange={(rate) => change({ rates: { ...form.rates, [method]: rate } })}
                {...(form.rates[method] === ours[method] ? { hint: "Our default for this method and task" } : {})}
              />
            ))}
            <NumberField label="Seed" field="training.seed" value={training.seed} min={0} onValueChange={(seed) => train({ seed })} />
          </div>
          {isOfImages ? null : lengthNote}
          <Disclosure summary="Schedule, optimizer, evaluation, variants">
            <AdvancedFields form={form} change={change} />
            {trainsLatents(form) ? (
              <div className={`stack gap-12 ${styles["advanced"]}`}>
                {chosen.map((method) => {
                  const { Variants } = formMethodOf({ method });
                  return <Variants key={method} form={form} change={change} isPaired={isPaired} />;
                })}
              </div>
            ) : null}
          </Disclosure>
        </div>
      </Disclosure>
      {trainsLatents(form) ? <CollectionFields form={form} change={change} positions={isOfImages ? "patches" : "tokens"} /> : null}
    </Section>
  );
}

/** `500 steps of 8 rows, up to 128 tokens each`. */
function trainingWords({ steps, batchRows, maxTokens }: RunForm["training"], isOfImages: boolean): string {
  const words = `${formatPlural(steps, "step")} of ${formatPlural(batchRows, isOfImages ? "image" : "row")}`;
  return isOfImages ? words : `${words}, up to ${formatPlural(maxTokens, "token")} each`;
}

/** A statistics pass over the latents of what was trained. */
function CollectionFields({ form, change, positions }: SectionProps & { readonly positions: "tokens" | "patches" }) {
  return (
    <>
      <Switch
        label="Collect latent statistics after training"
        isOn={form.collectionTokens !== null}
        onIsOnChange={(isOn) => change({ collectionTokens: isOn ? 200_000 : null })}
      />
      {form.collectionTokens === null ? null : (
        <div className="columns two">
          <NumberField
            label={`Counted ${positions}`}
            field="collection"
            value={form.collectionTokens}
            min={1}
            onValueChange={(collectionTokens) => change({ collectionTokens })}
            hint="Stops here or at the end of the dataset"
          />
        </div>
      )}
    </>
  );
}
