import type { Edit } from "@/lib/contract/edit";

/**
 * Edits as they act on rows of text, which are prompt and generated alike: those of a prompt or of what is generated act
 * everywhere, those of positions where they say.
 */
export function editsOnRows(edits: readonly Edit[]): Edit[] {
  return edits.map((edit) => (typeof edit.scope === "string" ? { ...edit, scope: "all" } : edit));
}
