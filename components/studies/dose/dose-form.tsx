"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { latentName, operationLabel, operationWords } from "@/components/latents/edit-words";
import { unitLabels } from "@/components/latents/value-unit";
import { editedLatents } from "@/components/studies/edited-latents";
import { LatentField } from "@/components/studies/latent-field";
import { firstPrompts, type PromptChoice, promptChoiceOf, promptSourceOf } from "@/components/studies/prompt-choice";
import { PromptsField } from "@/components/studies/prompts-field";
import { firstReadings, type ReadingsChoice, targetsOf, targetsText } from "@/components/studies/readings-choice";
import { ReadingsFields } from "@/components/studies/readings-fields";
import { StartBar } from "@/components/studies/start-bar";
import styles from "@/components/studies/studies.module.css";
import { modulesOf, type StudyHome } from "@/components/studies/study-home";
import { Checkbox } from "@/components/ui/checkbox";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { latentQueryOptions } from "@/lib/client/latents";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { DoseRequest, StudyInput } from "@/lib/contract/study";
import { sizesOf } from "./dose-marks";
import { type DoseOperation, type DoseUnit, doseValues, firstValues } from "./dose-values";

type DoseFormProps = {
  readonly home: StudyHome;
  /** An earlier study to begin from. */
  readonly from: DoseRequest | null;
  readonly onStarted: (studyId: string) => void;
};

const operations: readonly DoseOperation[] = ["clamp", "add", "scale", "minClamp"];
const units: readonly DoseUnit[] = ["p99", "max", "p50", "raw"];

type Settings = {
  readonly latent: LatentRef | null;
  readonly operation: DoseOperation;
  /** As they are typed. */
  readonly values: string;
  readonly unit: DoseUnit;
  readonly onlyIfFiring: boolean;
  readonly prompts: PromptChoice;
  readonly readings: ReadingsChoice;
  readonly heldOutRows: number;
  readonly controls: number;
  readonly seed: number;
  /** The page's other edits stay on throughout. */
  readonly keepsEdits: boolean;
};

/** One latent at several values: what to set, and what to read. */
export function DoseForm({ home, from, onStarted }: DoseFormProps) {
  const [settings, setSettings] = useState(() => firstSettings(home, from));
  const set = (change: Partial<Settings>) => setSettings((before) => ({ ...before, ...change }));
  const { latent, operation, unit } = settings;
  const detail = useQuery({
    ...latentQueryOptions({ collectionId: home.collection?.id ?? "" }, latent ?? { module: "", index: 0 }),
    enabled: home.collection !== null && latent !== null,
  });
  const sizes = sizesOf(detail.data);
  const isFactor = operation === "scale";
  const shownUnit = isFactor || sizes[unit] === null ? "raw" : unit;
  // What was typed as multiples must not be sent as raw values before the latent's quantiles are known.
  const isWaiting = detail.isLoading && !isFactor && unit !== "raw";
  const values = isWaiting ? "Reading what the latent does" : doseValues(settings.values, shownUnit, sizes);
  const others = otherEdits(home.edits, latent);
  const study = doseStudy(settings, home, { values, others });
  const subject = latent === null ? "a latent" : latentName(latent, modulesOf(home));
  return (
    <div className={styles["form"]}>
      <LatentField home={home} latent={latent} onLatent={(next) => set({ latent: next })} />
      <div className={styles["fields"]}>
        <Select<DoseOperation>
          label="Operation"
          hasLabel
          value={operation}
          onValueChange={(next) => set({ operation: next, ...(isFactor === (next === "scale") ? {} : { values: startOf(next) }) })}
          options={operations.map((value) => ({ value, label: operationLabel(value, home.method) }))}
          hint={operationWords(operation, home.method)}
        />
        <TextField
          label={isFactor ? "Factors" : "Values"}
          value={settings.values}
          error={typeof values === "string" && !isWaiting ? values : undefined}
          hint={typeof values === "string" ? "parted by commas" : `${values.length} values, parted by commas`}
          onValueChange={(text) => set({ values: text })}
        />
        {!isFactor && (
          <Select<DoseUnit>
            label="In"
            hasLabel
            value={shownUnit}
            onValueChange={(next) => set({ unit: next })}
            options={units.map((value) => ({ value, label: unitLabels[value], isDisabled: sizes[value] === null }))}
            hint={
              shownUnit !== unit && detail.data !== undefined
                ? "it never fired in the collection, so it has no quantiles"
                : "of the latent’s own activations"
            }
          />
        )}
      </div>
      <PromptsField home={home} choice={settings.prompts} onChoice={(prompts) => set({ prompts })} />
      <div className={styles["fields"]}>
        <ReadingsFields choice={settings.readings} onChoice={(readings) => set({ readings })} />
        <NumberField
          label="Rows for the loss"
          value={settings.heldOutRows}
          min={0}
          max={1000}
          hint="held-out; 0 leaves it out"
          onValueChange={(heldOutRows) => set({ heldOutRows })}
        />
        <NumberField
          label="Random latents"
          value={settings.controls}
          min={0}
          max={64}
          hint="matched on density and decoder norm"
          onValueChange={(controls) => set({ controls })}
        />
        <NumberField label="Seed" value={settings.seed} hint="draws the random latents" onValueChange={(seed) => set({ seed })} />
      </div>
      {!isFactor && (
        <Checkbox
          label="Only at tokens where the latent fires by itself"
          isChecked={settings.onlyIfFiring}
          onIsCheckedChange={(onlyIfFiring) => set({ onlyIfFiring })}
        />
      )}
      {others.length > 0 && (
        <Checkbox
          label={`The other ${others.length === 1 ? "edit of this page stays" : `${others.length} edits of this page stay`} on throughout`}
          isChecked={settings.keepsEdits}
          onIsCheckedChange={(keepsEdits) => set({ keepsEdits })}
        />
      )}
      <StartBar runId={home.runId} study={study} name={`${operationLabel(operation, home.method)} of ${subject}`} onStarted={onStarted} />
    </div>
  );
}

function firstSettings(home: StudyHome, from: DoseRequest | null): Settings {
  const plain: Settings = {
    latent: editedLatents(home)[0] ?? null,
    operation: "clamp",
    values: firstValues.multiples,
    unit: "p99",
    onlyIfFiring: false,
    prompts: firstPrompts,
    readings: firstReadings,
    heldOutRows: 16,
    controls: 8,
    seed: 0,
    keepsEdits: true,
  };
  if (from === null) return plain;
  const {
    latent,
    operation,
    values,
    onlyIfFiring = false,
    prompts,
    continuationTokens,
    targets,
    heldOutRows,
    controls,
    seed,
    edits,
  } = from;
  return {
    ...{ latent, operation, onlyIfFiring, heldOutRows, controls, seed },
    values: values.join(", "),
    unit: "raw",
    prompts: promptChoiceOf(prompts, home.prompt),
    readings: { continuationTokens, targets: targetsText(targets) },
    keepsEdits: edits.length > 0,
  };
}

function startOf(operation: DoseOperation): string {
  return operation === "scale" ? firstValues.factor : firstValues.multiples;
}

/** Those that are on and are not of the studied latent. */
function otherEdits(edits: readonly Edit[], latent: LatentRef | null): Edit[] {
  return edits.filter(
    (edit) => edit.isOn && !("latent" in edit && edit.latent.module === latent?.module && edit.latent.index === latent.index),
  );
}

type Read = { readonly values: readonly number[] | string; readonly others: readonly Edit[] };

/** The study to start; a string says what is missing. */
function doseStudy(settings: Settings, home: StudyHome, { values, others }: Read): StudyInput | string {
  const { latent, operation, heldOutRows, controls, seed } = settings;
  if (latent === null) return "Choose a latent";
  if (typeof values === "string") return values;
  const prompts = promptSourceOf(settings.prompts, home);
  if (typeof prompts === "string") return prompts;
  return {
    kind: "dose",
    ...{ latent, operation, prompts, heldOutRows, controls, seed },
    values: [...values],
    ...(settings.onlyIfFiring && operation !== "scale" ? { onlyIfFiring: true } : {}),
    edits: settings.keepsEdits ? [...others] : [],
    continuationTokens: settings.readings.continuationTokens,
    targets: targetsOf(settings.readings),
  };
}
