import { isSameLatent } from "@/components/latents/latent-href";
import { isLatentEdit } from "@/components/steering/edit-change";
import type { Edit, LatentRef } from "@/lib/contract/edit";

/** Latents that can shade an input: the edited ones, each once, and the one that does already. */
export function offeredLatents(edits: readonly Edit[], shaded: LatentRef | null): LatentRef[] {
  const latents: LatentRef[] = [];
  for (const latent of [...edits.filter(isLatentEdit).map((edit) => edit.latent), ...(shaded === null ? [] : [shaded])]) {
    if (!latents.some((one) => isSameLatent(one, latent))) latents.push(latent);
  }
  return latents;
}
