"use client";
import { useMemo } from "react";
import { useKept } from "@/components/ui/use-kept";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import { formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";
import { isSameLatent } from "./latent-href";
import { editsOfState, steerDraftName, steerDraftSchema } from "./steer-draft";
import { type SteerOperation, steerHref } from "./steer-href";

export type AddToEdits = {
  /** `Steer`, `Add to edits (2)`, or `Open edits (2)` where all of these are edited already. */
  readonly label: string;
  readonly title: string;
  readonly href: string;
};

/** The link that adds latents to the edits on the Steer page of their run. @param runId null for a dictionary: nothing is steered */
export function useAddToEdits(
  runId: string | null,
  collectionId: string | null,
  latents: readonly LatentRef[],
  operation: SteerOperation = "ablatePost",
): AddToEdits | null {
  const edits = useDraftEdits(runId ?? "");
  return runId === null ? null : addToEdits(edits, runId, collectionId, latents, operation);
}

/** The edits that the draft of a run's Steer page holds; a list reads them once for all its rows. */
export function useDraftEdits(runId: string): readonly Edit[] {
  const [draft] = useKept(steerDraftName(runId), steerDraftSchema);
  const text = draft?.text ?? "";
  return useMemo(() => editsOfState(new URLSearchParams(text)), [text]);
}

/** The same link, for a caller that has the edits already. */
export function addToEdits(
  edits: readonly Edit[],
  runId: string,
  collectionId: string | null,
  latents: readonly LatentRef[],
  operation: SteerOperation = "ablatePost",
): AddToEdits {
  const count = edits.length;
  const href = steerHref(runId, collectionId, latents, operation);
  if (count === 0) {
    const does = typeof operation === "object" ? `Clamps it to ${formatSignificant(operation.clamp)}` : "Edit";
    return { label: "Steer", title: `${does} on the Steer page`, href };
  }
  const isListed = latents.every((latent) => edits.some((edit) => "latent" in edit && isSameLatent(edit.latent, latent)));
  if (isListed)
    return {
      label: `Open edits (${formatInteger(count)})`,
      title: `Already among the ${formatPlural(count, "edit")} on the Steer page`,
      href: steerHref(runId, collectionId, []),
    };
  return {
    label: `Add to edits (${formatInteger(count)})`,
    title: `Adds to the ${formatPlural(count, "edit")} on the Steer page`,
    href,
  };
}
