"use client";
import { X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { formatPlural } from "@/lib/numbers/format";
import { leftOutWords } from "./arrival";
import styles from "./steering.module.css";
import type { KeptDraft } from "./use-steer-draft";

type DraftNoticeProps = {
  readonly draft: KeptDraft;
  /** How many edits the last change had no room for. */
  readonly leftOut: number;
};

/** Says that a link took the place of the draft, with the way back, and what of the link, or of a change, had no room. */
export function DraftNotice({ draft, leftOut }: DraftNoticeProps) {
  const { replacedEdits, takeBack, discard, closeProblem } = draft;
  const problem = leftOut > 0 ? leftOutWords(leftOut) : draft.problem;
  if (replacedEdits === null && problem === null) return null;
  return (
    <div className={`stack gap-6 ${styles["draft"]}`} role="status">
      {replacedEdits !== null && (
        <div className="row wrap">
          <span className="grow">
            This is what the link says.{" "}
            {replacedEdits === 0 ? "Your draft is kept." : `Your draft with ${formatPlural(replacedEdits, "edit")} is kept.`}
          </span>
          <Button size="dense" onClick={takeBack}>
            Back to my draft
          </Button>
          <Button look="quiet" size="dense" onClick={discard}>
            Discard draft
          </Button>
        </div>
      )}
      {problem !== null && (
        <div className="row">
          <span className="grow">{problem}</span>
          {leftOut === 0 && (
            <IconButton label="Close" onClick={closeProblem}>
              <X size={12} aria-hidden="true" />
            </IconButton>
          )}
        </div>
      )}
    </div>
  );
}
