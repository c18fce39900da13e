import { type Edit, mostEdits } from "@/lib/contract/edit";
import { isSameLatent } from "./latent-href";

/** A list with these added at its end. What it edits in the same way already stays as it is, value and place; a module is isolated anew. */
export function withAdded(edits: readonly Edit[], added: readonly Edit[]): readonly Edit[] {
  const all = [...edits];
  for (const edit of added) {
    const at = all.findIndex((other) => isOfSame(other, edit));
    if (at < 0) all.push(edit);
    else if (edit.operation === "isolate") all[at] = edit;
  }
  return all;
}

/** The edits in an address: its list, then those that it adds, up to as many as a list holds. */
export function editsOfValues({ edit, add }: { readonly edit: readonly Edit[]; readonly add: readonly Edit[] }): readonly Edit[] {
  return add.length === 0 ? edit : withAdded(edit, add).slice(0, mostEdits);
}

function isOfSame(edit: Edit, other: Edit): boolean {
  if (edit.operation !== other.operation) return false;
  if ("latent" in edit) return "latent" in other && isSameLatent(edit.latent, other.latent);
  return !("module" in edit) || ("module" in other && edit.module === other.module);
}
