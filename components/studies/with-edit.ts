import { isSameLatent } from "@/components/latents/latent-href";
import type { Edit } from "@/lib/contract/edit";

/** The list with a latent's edit in it: in the place of one of the same latent with the same operation, else at the end. */
export function withEdit(edits: readonly Edit[], added: Edit): readonly Edit[] {
  const at = edits.findIndex((edit) => isOfSame(edit, added));
  return at < 0 ? [...edits, added] : edits.with(at, added);
}

function isOfSame(edit: Edit, other: Edit): boolean {
  return edit.operation === other.operation && "latent" in edit && "latent" in other && isSameLatent(edit.latent, other.latent);
}
