import { editedLatents } from "@/components/studies/edited-latents";
import { firstPrompts, type PromptChoice, promptChoiceOf, promptSourceOf } from "@/components/studies/prompt-choice";
import { firstReadings, type ReadingsChoice, targetsOf, targetsText } from "@/components/studies/readings-choice";
import type { StudyHome } from "@/components/studies/study-home";
import type { LatentRef } from "@/lib/contract/edit";
import type { BulkRequest, StudyInput } from "@/lib/contract/study";

export type BulkOperation = BulkRequest["operation"];
export type BulkOrder = "listed" | "firing" | "attribution" | "outputShare" | "selectivity";

/** A bulk study as it is chosen in the form. */
export type BulkChoice = {
  readonly by: BulkOrder;
  /** The latents of `listed`. */
  readonly listed: readonly LatentRef[];
  readonly count: number;
  /** Empty for any. */
  readonly domain: string;
  readonly operation: BulkOperation;
  readonly value: number;
  readonly unit: BulkRequest["unit"];
  readonly prompts: PromptChoice;
  readonly readings: ReadingsChoice;
  readonly keepsEdits: boolean;
};

/** Whether an operation sets something to a value. */
export function hasValue(operation: BulkOperation): boolean {
  return operation !== "ablatePost" && operation !== "ablatePre" && operation !== "forceIn";
}

export function firstBulkChoice(home: StudyHome, from: BulkRequest | null): BulkChoice {
  const listed = editedLatents(home);
  const plain: BulkChoice = {
    by: "firing",
    listed,
    count: 64,
    domain: "",
    operation: "ablatePost",
    value: 1,
    unit: "p99",
    prompts: home.prompt === "" ? firstPrompts : { ...firstPrompts, kind: "page" },
    readings: firstReadings,
    keepsEdits: false,
  };
  if (from === null) return plain;
  const { latents, operation, value, unit, prompts, continuationTokens, targets, edits } = from;
  const chosen = Array.isArray(latents)
    ? { by: "listed" as const, listed: latents }
    : { by: latents.by, count: latents.count, domain: "domain" in latents ? (latents.domain ?? "") : "" };
  return {
    ...plain,
    ...chosen,
    operation,
    unit,
    value: value ?? plain.value,
    prompts: promptChoiceOf(prompts, home.prompt),
    readings: { continuationTokens, targets: targetsText(targets) },
    keepsEdits: edits.length > 0,
  };
}

/** The study to start; a string says what is missing. */
export function bulkStudy(choice: BulkChoice, home: StudyHome): Extract<StudyInput, { kind: "bulk" }> | string {
  const { by, listed, operation } = choice;
  if (by === "listed" && listed.length === 0) return "Add latents to the list of edits first, or choose them by an order";
  const prompts = promptSourceOf(choice.prompts, home);
  if (typeof prompts === "string") return prompts;
  const valued = hasValue(operation) ? { value: choice.value, unit: operation === "scale" ? ("raw" as const) : choice.unit } : {};
  return {
    kind: "bulk",
    latents: latentsOf(choice),
    operation,
    ...valued,
    prompts,
    edits: choice.keepsEdits ? home.edits.filter(({ isOn }) => isOn) : [],
    continuationTokens: choice.readings.continuationTokens,
    targets: targetsOf(choice.readings),
  };
}

function latentsOf({ by, listed, count, domain }: BulkChoice): BulkRequest["latents"] {
  if (by === "listed") return [...listed];
  if (by === "firing") return { by, count };
  return { by, count, ...(domain === "" ? {} : { domain }) };
}
