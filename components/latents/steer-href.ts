import { createSerializer } from "nuqs/server";
import { stateSuffix } from "@/components/ui/address/state-suffix";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { LatentDetail } from "@/lib/contract/latent";
import { steeredParameters } from "./steer-parsers";
import { usualActivation } from "./value-unit";

export type SteerOperation = "ablatePost" | "scale" | "isolate" | { readonly clamp: number };

/** What to try first with one latent: to clamp it shows on any text, while to ablate it changes nothing where it does not fire. */
export function firstOperationOf(detail: LatentDetail | undefined): SteerOperation {
  const usual = usualActivation(detail);
  return usual === null ? "ablatePost" : { clamp: usual };
}

const serialize = createSerializer(steeredParameters);

/**
 * Where a person steers with these latents: each ablated, each scaled by 1 and ready to be moved, each clamped to an activation, or their modules left
 * with them alone. They are added to the edits already on the page.
 */
export function steerHref(
  runId: string,
  collectionId: string | null,
  latents: readonly LatentRef[],
  operation: SteerOperation = "ablatePost",
): string {
  const search = serialize({ collection: collectionId, add: editsOf(latents, operation) });
  return `/runs/${encodeURIComponent(runId)}/steer${stateSuffix(new URLSearchParams(search))}`;
}

function editsOf(latents: readonly LatentRef[], operation: SteerOperation): Edit[] {
  const places = { isOn: true, scope: "all" } as const;
  if (typeof operation === "object") {
    return latents.map((latent) => ({ operation: "clamp", latent, value: Number(operation.clamp.toPrecision(3)), ...places }));
  }
  switch (operation) {
    case "ablatePost":
      return latents.map((latent) => ({ operation, latent, ...places }));
    case "scale":
      return latents.map((latent) => ({ operation, latent, value: 1, ...places }));
    case "isolate":
      return [...new Set(latents.map(({ module }) => module))].map((module) => ({
        operation,
        module,
        indices: latents.filter((latent) => latent.module === module).map(({ index }) => index),
        ...places,
      }));
  }
}
