import { z } from "zod";
import { type Edit, editList } from "@/lib/contract/edit";

/** Which edits a study takes: none, those of the page, or those of the study that its form began with. */
export const keptEdits = z.object({ by: z.enum(["none", "page", "study"]), ofStudy: editList });
export type KeptEdits = z.infer<typeof keptEdits>;

/** The edits of an earlier study, which stay its own whatever the page edits now. */
export function editsOfStudy(edits: readonly Edit[]): KeptEdits {
  return { by: edits.length === 0 ? "none" : "study", ofStudy: [...edits] };
}

export function chosenEdits({ by, ofStudy }: KeptEdits, ofPage: readonly Edit[]): Edit[] {
  switch (by) {
    case "none":
      return [];
    case "page":
      return [...ofPage];
    case "study":
      return ofStudy;
  }
}
