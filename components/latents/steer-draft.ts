import { createLoader } from "nuqs/server";
import { flatDraft } from "@/components/ui/drafts";
import type { Edit } from "@/lib/contract/edit";
import { steeredParameters } from "./steer-parsers";

/**
 * What the page that steers a run was left with, as its address says it. `linked` is the text that a shared link brought: while the two are the same, there
 * is nothing of the person's own in it.
 */
export type SteerDraft = { readonly text: string; readonly linked: string };

export const steerDraftSchema = flatDraft<SteerDraft>({ text: "", linked: "" });

/** The draft that the page of a run goes on from. */
export function steerDraftName(runId: string): string {
  return `steer/1/${runId}`;
}

/** The draft that a shared link took the place of. */
export function replacedDraftName(runId: string): string {
  return `steer-replaced/1/${runId}`;
}

const load = createLoader(steeredParameters);

/** The edits that an address of such a page says. */
export function editsOfState(state: URLSearchParams): readonly Edit[] {
  return load(state).edit;
}
