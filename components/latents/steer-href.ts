import { createSerializer } from "nuqs/server";
import { stateSuffix } from "@/components/ui/address/state-suffix";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import { steeredParameters } from "./steer-parsers";

export type SteerOperation = "ablatePost" | "scale" | "isolate";

const serialize = createSerializer(steeredParameters);

/**
 * Where a person steers with these latents: each ablated, each scaled by 1 and ready to be moved, or their modules left with them alone. They are added to
 * the edits already on the page.
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
