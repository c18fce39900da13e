import { z } from "zod";
import { editedLatents } from "@/components/studies/edited-latents";
import { chosenEdits, editsOfStudy, keptEdits } from "@/components/studies/kept-edits";
import { firstPrompts, promptChoice, promptChoiceOf, promptSourceOf } from "@/components/studies/prompt-choice";
import { firstReadings, readingsChoice, targetsOf, targetsText } from "@/components/studies/readings-choice";
import type { StudyHome } from "@/components/studies/study-home";
import { editScope, latentRef } from "@/lib/contract/edit";
import { type BulkRequest, bulkRequest, type EditStudyInput } from "@/lib/contract/study";

export type BulkOperation = BulkRequest["operation"];

/** A bulk study as it is chosen in the form. */
export const bulkChoice = z.object({
  by: z.enum(["listed", "firing", "attribution", "outputShare", "selectivity"]),
  /** The latents of `listed`. */
  listed: z.array(latentRef),
  count: z.number(),
  /** Empty for any. */
  domain: z.string(),
  operation: bulkRequest.shape.operation,
  value: z.number(),
  unit: bulkRequest.shape.unit.unwrap(),
  scope: editScope,
  prompts: promptChoice,
  readings: readingsChoice,
  /** Edits that stay on throughout. */
  kept: keptEdits,
});
export type BulkChoice = Readonly<z.infer<typeof bulkChoice>>;
export type BulkOrder = BulkChoice["by"];

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
    scope: "all",
    prompts: home.prompt === "" ? firstPrompts : { ...firstPrompts, kind: "page" },
    readings: firstReadings,
    kept: { by: "none", ofStudy: [] },
  };
  if (from === null) return plain;
  const { latents, operation, value, unit, scope, prompts, continuationTokens, targets, edits } = from;
  const chosen = Array.isArray(latents)
    ? { by: "listed" as const, listed: latents }
    : { by: latents.by, count: latents.count, domain: "domain" in latents ? (latents.domain ?? "") : "" };
  return {
    ...plain,
    ...chosen,
    operation,
    unit,
    scope,
    value: value ?? plain.value,
    prompts: promptChoiceOf(prompts, home),
    readings: { continuationTokens, targets: targetsText(targets) },
    kept: editsOfStudy(edits),
  };
}

/** The study to start; a string says what is missing. */
export function bulkStudy(choice: BulkChoice, home: StudyHome): Extract<EditStudyInput, { kind: "bulk" }> | string {
  const { by, listed, operation, scope } = choice;
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
    ...(scope === "all" ? {} : { scope }),
    edits: chosenEdits(
      choice.kept,
      home.edits.filter(({ isOn }) => isOn),
    ),
    continuationTokens: choice.readings.continuationTokens,
    targets: targetsOf(choice.readings),
  };
}

function latentsOf({ by, listed, count, domain }: BulkChoice): BulkRequest["latents"] {
  if (by === "listed") return [...listed];
  if (by === "firing") return { by, count };
  return { by, count, ...(domain === "" ? {} : { domain }) };
}
