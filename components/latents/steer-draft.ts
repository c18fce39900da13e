import { createLoader } from "nuqs/server";
import { flatDraft } from "@/components/ui/drafts";
import type { Edit } from "@/lib/contract/edit";
import { steeredParameters } from "./steer-parsers";

/**
 * What the Steer page of a run last held, as its address writes it. `linked` is the text that a shared link brought: while the two are equal, the draft
 * holds nothing of the person's own.
 */
export type SteerDraft = { readonly text: string; readonly linked: string };

export const steerDraftSchema = flatDraft<SteerDraft>({ text: "", linked: "" });

/** The name of the draft that the Steer page of a run continues from. */
export function steerDraftName(runId: string): string {
  return `steer/1/${runId}`;
}

/** The name of the draft that a shared link replaced. */
export function replacedDraftName(runId: string): string {
  return `steer-replaced/1/${runId}`;
}

const load = createLoader(steeredParameters);

/** The edits in the address of such a page. */
export function editsOfState(state: URLSearchParams): readonly Edit[] {
  return load(state).edit;
}
