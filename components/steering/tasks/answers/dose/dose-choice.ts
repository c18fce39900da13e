import { isSameLatent } from "@/components/latents/latent-href";
import type { UnitSizes } from "@/components/latents/value-unit";
import { isLatentEdit } from "@/components/steering/edit-change";
import type { AnswerRequest } from "@/components/steering/tasks/answers/answering";
import { type DoseOperation, doseOperations, doseValues, firstValues } from "@/components/studies/dose/dose-values";
import type { Edit, LatentRef } from "@/lib/contract/edit";

/** What a person chooses of a dose on the text; what is null follows the edits. */
export type DoseChoice = {
  readonly latent: LatentRef | null;
  readonly operation: DoseOperation | null;
  /** As they are typed: factors, or multiples of the latent's 99th percentile. */
  readonly values: string | null;
  readonly controls: number;
};

export const firstChoice: DoseChoice = { latent: null, operation: null, values: null, controls: 8 };

export type ChosenDose = {
  readonly latent: LatentRef;
  readonly operation: DoseOperation;
  readonly text: string;
  /** Whether values are multiples of p99, which a factor is not, nor what never fired. */
  readonly isMultiple: boolean;
  /** Raw; a string says what cannot be read. */
  readonly values: readonly number[] | string;
};

/** The choice with what the edits say: the first edited latent that is on, its own operation where that has values. @returns null without a latent */
export function chosenDose(choice: DoseChoice, edits: readonly Edit[], latent: LatentRef | null, sizes: UnitSizes): ChosenDose | null {
  if (latent === null) return null;
  const own = edits.filter(isLatentEdit).find((edit) => isSameLatent(edit.latent, latent))?.operation;
  const operation = choice.operation ?? doseOperations.find((one) => one === own) ?? "clamp";
  const text = choice.values ?? firstValues[operation === "scale" ? "factor" : "multiples"];
  const isMultiple = operation !== "scale" && sizes.p99 !== null;
  return { latent, operation, text, isMultiple, values: doseValues(text, isMultiple ? "p99" : "raw", sizes) };
}

/** What is asked for it: the page's other edits stay on throughout. @returns null where it cannot be asked */
export function doseAsked(edits: readonly Edit[], dose: ChosenDose | null, controls: number): AnswerRequest | null {
  if (dose === null || typeof dose.values === "string") return null;
  const { latent, operation, values } = dose;
  const others = edits.filter((edit) => !(isLatentEdit(edit) && isSameLatent(edit.latent, latent)));
  return { attribution: false, edits: others, dose: { latent, operation, values: [...values], controls } };
}
