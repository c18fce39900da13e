"use client";
import { StripPanel } from "@/components/generation/strips/strip-panel";
import { useGeneration } from "@/components/generation/takes/use-generation";
import { isSameLatent } from "@/components/latents/latent-href";
import type { PartProps } from "@/components/steering/steer-task";
import { FiredPopover } from "./fired/fired-popover";
import type { TextSteering } from "./use-text-steering";

/** The text token by token; a token that is chosen says what fired there. */
export function SteerStrips({ detail: { run }, steering }: PartProps<TextSteering>) {
  const { params, setParams, collection, store, latents, looks, range, watch } = steering;
  const generation = useGeneration(store);
  return (
    <StripPanel
      generation={generation}
      looks={looks}
      latents={latents}
      range={range}
      renderFired={(place) => (
        <FiredPopover
          {...place}
          generation={generation}
          runId={run.id}
          collectionId={collection?.id ?? null}
          colourMaxOf={latents.colourMaxOf}
          isEdited={(latent) => params.edits.some((edit) => "latent" in edit && isSameLatent(edit.latent, latent))}
          onEdit={(edit) => setParams({ edits: [...params.edits, edit] })}
          onWatch={watch}
        />
      )}
    />
  );
}
