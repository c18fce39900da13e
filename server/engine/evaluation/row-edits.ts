import type { Edit } from "@/lib/contract/edit";

/**
 * Edits as they act on rows of text, which count as both prompt and generated: edits scoped to either act
 * everywhere, those of positions where they say.
 */
export function editsOnRows(edits: readonly Edit[]): Edit[] {
  return edits.map((edit) => (typeof edit.scope === "string" ? { ...edit, scope: "all" } : edit));
}
