import type { LatentRef } from "@/lib/contract/edit";
import type { StudyHome } from "./study-home";

/** The latents that the page edits: each once, those that are on first. */
export function editedLatents({ edits }: Pick<StudyHome, "edits">): LatentRef[] {
  const inOrder = [...edits.filter(({ isOn }) => isOn), ...edits.filter(({ isOn }) => !isOn)];
  const byName = new Map<string, LatentRef>();
  for (const edit of inOrder) if ("latent" in edit) byName.set(`${edit.latent.module} ${edit.latent.index}`, edit.latent);
  return [...byName.values()];
}
