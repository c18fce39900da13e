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
  /** How many edits the last change left out: the list was full. */
  readonly leftOut: number;
};

/** Says that a link replaced the draft, with a way back, and which edits of the link or of a change were left out. */
export function DraftNotice({ draft, leftOut }: DraftNoticeProps) {
  const { replacedEdits, takeBack, discard, closeProblem } = draft;
  const problem = leftOut > 0 ? leftOutWords(leftOut) : draft.problem;
  if (replacedEdits === null && problem === null) return null;
  return (
    <div className={`stack gap-6 ${styles["draft"]}`} role="status">
      {replacedEdits !== null && (
        <div className="row wrap">
          <span className="grow">
            This page shows the link’s contents.{" "}
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
