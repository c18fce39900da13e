import type { StoredExample } from "@/server/db/latents/pack-examples";
import type { StoredProbe } from "@/server/db/tables/collection-tables";

/** A window in which a latent never fires, in the form of an example: its middle stands where the firing position would. */
export function quietWindow({ context, from, to }: StoredProbe): StoredExample {
  const position = (from + to) >> 1;
  return { context, position, activation: 0, duplicates: 0, from, to, firingPositions: [], firingActivations: [] };
}
