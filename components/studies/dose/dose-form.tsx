"use client";
import { FormFields } from "@/components/forms/form";
import { latentName, operationLabel, operationWords } from "@/components/latents/edit-words";
import { useLatentDetail } from "@/components/latents/use-latent-detail";
import { unitLabels } from "@/components/latents/value-unit";
import { KeptEditsField } from "@/components/studies/kept-edits-field";
import { LatentField } from "@/components/studies/latent-field";
import { PromptsField } from "@/components/studies/prompts-field";
import { ReadingsFields } from "@/components/studies/readings-fields";
import { StartBar } from "@/components/studies/start-bar";
import styles from "@/components/studies/studies.module.css";
import { modulesOf, type StudyHome } from "@/components/studies/study-home";
import { type StudyForm, useStudyForm } from "@/components/studies/use-study-form";
import { Checkbox } from "@/components/ui/checkbox";
import { Disclosure } from "@/components/ui/disclosure";
import { FailedPart } from "@/components/ui/failed-part";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import type { DoseRequest } from "@/lib/contract/study";
import { formatPlural } from "@/lib/numbers/format";
import { type DoseChoice, doseChoice, doseStudy, firstDoseChoice, otherEdits } from "./dose-choice";
import { sizesOf } from "./dose-marks";
import { type DoseOperation, type DoseUnit, doseOperations, doseValues, firstValues, valuesHint } from "./dose-values";

type DoseFormProps = {
  readonly home: StudyHome;
  readonly draftName: string;
  /** An earlier study to begin from. */
  readonly from: DoseRequest | null;
  readonly onStarted: (studyId: string) => void;
};

const units: readonly DoseUnit[] = ["p99", "max", "p50", "raw"];

/** One latent at several values: what to set, and what to read. */
export function DoseForm({ home, draftName, from, onStarted }: DoseFormProps) {
  const form: StudyForm<DoseChoice> = useStudyForm({
    runId: home.runId,
    draftName,
    schema: doseChoice,
    beginning: firstDoseChoice(home, from),
    studyOf: () => ({ study, name: `${operationLabel(operation, home.method)} of ${subject}` }),
    onStarted,
  });
  const { value: settings } = form;
  const set = (change: Partial<DoseChoice>) => form.set((before) => ({ ...before, ...change }));
  const { latent, operation, unit } = settings;
  const detail = useLatentDetail(home.collection, latent);
  const sizes = sizesOf(detail.data);
  const isFactor = operation === "scale";
  // Values stay multiples of quantiles that are not read yet, as long as there is a latent to choose.
  const isWithout = (one: DoseUnit) => sizes[one] === null && (detail.data !== undefined || home.collection === null);
  const shownUnit = isFactor || isWithout(unit) ? "raw" : unit;
  // What was typed as multiples must not be sent as raw values before the latent's quantiles are known.
  const isOfMultiples = !isFactor && unit !== "raw";
  const isWaiting = isOfMultiples && detail.isLoading;
  const isUnknown = isOfMultiples && detail.isError && detail.data === undefined;
  const values = isWaiting
    ? "Reading what the latent does"
    : isUnknown
      ? "Values are multiples of the latent’s quantiles, which could not be read"
      : doseValues(settings.values, shownUnit, sizes);
  const others = otherEdits(home.edits, latent);
  const study = doseStudy(settings, home, values);
  const subject = latent === null ? "a latent" : latentName(latent, modulesOf(home));
  return (
    <FormFields form={form}>
      <div key={form.round} className="stack fit gap-12">
        <LatentField home={home} latent={latent} onLatent={(next) => set({ latent: next })} />
        <FailedPart query={detail} failure="Could not load this latent’s statistics" />
        <div className={`fields ${styles["fields"]}`}>
          <Select<DoseOperation>
            label="Operation"
            field="study.operation"
            hasLabel
            value={operation}
            onValueChange={(next) => set({ operation: next, ...(isFactor === (next === "scale") ? {} : { values: startOf(next) }) })}
            options={doseOperations.map((value) => ({ value, label: operationLabel(value, home.method) }))}
            hint={operationWords(operation, home.method)}
          />
          <TextField
            label={isFactor ? "Factors" : "Values"}
            field="study.values"
            value={settings.values}
            error={typeof values === "string" && !isWaiting && !isUnknown ? values : undefined}
            hint={typeof values === "string" ? valuesHint : `${formatPlural(values.length, "value")}; ${valuesHint}`}
            onValueChange={(text) => set({ values: text })}
          />
          {!isFactor && (
            <Select<DoseUnit>
              label="In"
              field="study.unit"
              hasLabel
              value={shownUnit}
              onValueChange={(next) => set({ unit: next })}
              options={units.map((value) => ({ value, label: unitLabels[value], isDisabled: isWithout(value) }))}
              hint={
                shownUnit !== unit && detail.data !== undefined
                  ? "it never fired in the collection, so it has no quantiles"
                  : "of the latent’s own activations"
              }
            />
          )}
        </div>
        <Disclosure isForNarrow summary={readingWords(settings)}>
          <div className="stack fit gap-12">
            <PromptsField home={home} choice={settings.prompts} onChoice={(prompts) => set({ prompts })} />
            <div className={`fields ${styles["fields"]}`}>
              <ReadingsFields choice={settings.readings} onChoice={(readings) => set({ readings })} />
              <NumberField
                label="Rows for the loss"
                field="study.heldOutRows"
                value={settings.heldOutRows}
                min={0}
                max={1000}
                hint="held-out; 0 leaves it out"
                onValueChange={(heldOutRows) => set({ heldOutRows })}
              />
              <NumberField
                label="Random latents"
                field="study.controls"
                value={settings.controls}
                min={0}
                max={64}
                hint="matched on density and decoder norm"
                onValueChange={(controls) => set({ controls })}
              />
              <NumberField
                label="Seed"
                field="study.seed"
                value={settings.seed}
                hint="draws the random latents"
                onValueChange={(seed) => set({ seed })}
              />
            </div>
            {!isFactor && (
              <Checkbox
                label="Only at tokens where the latent fires by itself"
                isChecked={settings.onlyIfFiring}
                onIsCheckedChange={(onlyIfFiring) => set({ onlyIfFiring })}
              />
            )}
            <KeptEditsField
              label="Other edits, always on"
              kept={settings.kept}
              ofPage={others}
              mayBeNone={true}
              onKept={(kept) => set({ kept })}
            />
          </div>
        </Disclosure>
        <StartBar runId={home.runId} study={study} form={form} />
      </div>
    </FormFields>
  );
}

function startOf(operation: DoseOperation): string {
  return operation === "scale" ? firstValues.factor : firstValues.multiples;
}

/** `32 held-out rows, continued by 32 tokens; 8 random latents`. */
function readingWords({ prompts, readings, controls }: DoseChoice): string {
  const read = { rows: formatPlural(prompts.heldOutRows, "held-out row"), page: "This prompt", lines: "Several prompts" }[prompts.kind];
  return `${read}, continued by ${formatPlural(readings.continuationTokens, "token")}; ${formatPlural(controls, "random latent")}`;
}
