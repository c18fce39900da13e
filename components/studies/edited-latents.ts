import { isSameLatent } from "@/components/latents/latent-href";
import type { LatentRef } from "@/lib/contract/edit";
import type { StudyHome } from "./study-home";

/** The latents that the page edits: each once, those that are on first. */
export function editedLatents({ edits }: Pick<StudyHome, "edits">): LatentRef[] {
  const inOrder = [...edits.filter(({ isOn }) => isOn), ...edits.filter(({ isOn }) => !isOn)];
  return inOrder
    .flatMap((edit) => ("latent" in edit ? [edit.latent] : []))
    .filter((latent, at, all) => all.findIndex((one) => isSameLatent(one, latent)) === at);
}
