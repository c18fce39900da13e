import { causalModelInParts } from "@/server/engine/models/load-model";
import { wholly } from "@/server/engine/tensor/in-parts";

/** A decoder-only model, read in one go. */
export function loadCausalModel(...read: Parameters<typeof causalModelInParts>) {
  return wholly(causalModelInParts(...read));
}
