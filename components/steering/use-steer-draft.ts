"use client";
import { useEffect, useRef, useState } from "react";
import { editsOfState, replacedDraftName, steerDraftName, steerDraftSchema } from "@/components/latents/steer-draft";
import { stateInAddress } from "@/components/ui/address/fragment-address";
import { readDraft, writeDraft } from "@/components/ui/drafts";
import { useKept } from "@/components/ui/use-kept";
import { arrivalOf } from "./arrival";
import type { Steering } from "./steer-task";

export type KeptDraft = {
  /** How many edits the draft has that a link replaced; null where none was replaced. */
  readonly replacedEdits: number | null;
  readonly takeBack: () => void;
  readonly discard: () => void;
  /** Which edits of the address were left out, in words. */
  readonly problem: string | null;
  readonly closeProblem: () => void;
};

/** Keeps what is on the page for as long as the browser's tab is open, and restores it when the page is opened without an address of its own. */
export function useSteerDraft(runId: string, { addressEnd, takeState }: Pick<Steering, "addressEnd" | "takeState">): KeptDraft {
  const name = steerDraftName(runId);
  const [replaced, keepReplaced] = useKept(replacedDraftName(runId), steerDraftSchema);
  const [problem, setProblem] = useState<string | null>(null);
  const added = useRef<string | null>(null);
  useEffect(() => {
    const address = stateInAddress();
    const draft = readDraft(name, steerDraftSchema);
    // What an address adds stays in it for a moment, beside what is typed meanwhile, and is added once.
    const adds = address.getAll("add").join("\n");
    const isArriving = added.current === null || (adds !== "" && adds !== added.current);
    added.current = adds;
    if (!isArriving) return keep(name, { text: addressEnd().slice(1), linked: draft?.linked ?? "" });
    const { state, isOfLink, isReplacing, problem } = arrivalOf(address, draft);
    // A link that was followed from a link leaves the person's own draft where it is.
    if (isReplacing && draft !== undefined && draft.text !== draft.linked) writeDraft(replacedDraftName(runId), { ...draft, linked: "" });
    const text = takeState(state).slice(1);
    keep(name, { text, linked: isOfLink && (isReplacing || draft === undefined) ? text : (draft?.linked ?? "") });
    setProblem(problem);
  }, [runId, name, addressEnd, takeState]);
  return {
    replacedEdits: replaced === undefined ? null : editsOfState(new URLSearchParams(replaced.text)).length,
    takeBack: () => {
      if (replaced !== undefined) takeState(new URLSearchParams(replaced.text));
      keepReplaced(undefined);
    },
    discard: () => keepReplaced(undefined),
    problem,
    closeProblem: () => setProblem(null),
  };
}

function keep(name: string, draft: { readonly text: string; readonly linked: string }): void {
  const before = readDraft(name, steerDraftSchema);
  if (before?.text === draft.text && before.linked === draft.linked) return;
  writeDraft(name, draft.text === "" ? undefined : draft);
}
