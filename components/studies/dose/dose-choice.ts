import { z } from "zod";
import { isSameLatent } from "@/components/latents/latent-href";
import { editedLatents } from "@/components/studies/edited-latents";
import { chosenEdits, editsOfStudy, keptEdits } from "@/components/studies/kept-edits";
import { firstPrompts, promptChoice, promptChoiceOf, promptSourceOf } from "@/components/studies/prompt-choice";
import { firstReadings, readingsChoice, targetsOf, targetsText } from "@/components/studies/readings-choice";
import type { StudyHome } from "@/components/studies/study-home";
import { type Edit, editScope, type LatentRef, latentRef } from "@/lib/contract/edit";
import { type DoseRequest, doseRequest, type EditStudyInput, studyRows } from "@/lib/contract/study";
import { firstValues } from "./dose-values";

/** A dose study as it is chosen in the form. */
export const doseChoice = z.object({
  latent: latentRef.nullable(),
  operation: doseRequest.shape.operation,
  /** As they are typed. */
  values: z.string(),
  unit: z.enum(["p99", "max", "p50", "raw"]),
  scope: editScope,
  onlyIfFiring: z.boolean(),
  prompts: promptChoice,
  readings: readingsChoice,
  heldOutRows: z.number(),
  controls: z.number(),
  seed: z.number(),
  /** Edits that stay on throughout. */
  kept: keptEdits,
});
export type DoseChoice = Readonly<z.infer<typeof doseChoice>>;

export function firstDoseChoice(home: StudyHome, from: DoseRequest | null): DoseChoice {
  const plain: DoseChoice = {
    latent: editedLatents(home)[0] ?? null,
    operation: "clamp",
    values: firstValues.multiples,
    unit: "p99",
    scope: "all",
    onlyIfFiring: false,
    prompts: firstPrompts,
    readings: firstReadings,
    heldOutRows: studyRows,
    controls: 8,
    seed: 0,
    kept: { by: "page", ofStudy: [] },
  };
  if (from === null) return plain;
  const { latent, operation, values, scope, onlyIfFiring = false, heldOutRows, controls, seed } = from;
  return {
    ...{ latent, operation, scope, onlyIfFiring, heldOutRows, controls, seed },
    values: values.join(", "),
    unit: "raw",
    prompts: promptChoiceOf(from.prompts, home),
    readings: { continuationTokens: from.continuationTokens, targets: targetsText(from.targets) },
    kept: editsOfStudy(from.edits),
  };
}

/** Those of the page that are on and are not of the studied latent. */
export function otherEdits(edits: readonly Edit[], latent: LatentRef | null): Edit[] {
  return edits.filter((edit) => edit.isOn && !("latent" in edit && latent !== null && isSameLatent(edit.latent, latent)));
}

/**
 * The study to start; a string says what is missing.
 *
 * @param values raw; a string says what cannot be read
 */
export function doseStudy(choice: DoseChoice, home: StudyHome, values: readonly number[] | string): EditStudyInput | string {
  const { latent, operation, scope, heldOutRows, controls, seed } = choice;
  if (latent === null) return "Choose a latent";
  if (typeof values === "string") return values;
  const prompts = promptSourceOf(choice.prompts, home);
  if (typeof prompts === "string") return prompts;
  return {
    kind: "dose",
    ...{ latent, operation, prompts, heldOutRows, controls, seed },
    values: [...values],
    ...(scope === "all" ? {} : { scope }),
    ...(choice.onlyIfFiring && operation !== "scale" ? { onlyIfFiring: true } : {}),
    edits: chosenEdits(choice.kept, otherEdits(home.edits, latent)),
    continuationTokens: choice.readings.continuationTokens,
    targets: targetsOf(choice.readings),
  };
}
