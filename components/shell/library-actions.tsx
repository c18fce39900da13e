"use client";
import type { UseMutationResult } from "@tanstack/react-query";
import { ButtonLink } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import styles from "./library-actions.module.css";

type LibraryActionsProps = {
  id: string;
  newRunHref: string;
  /** Takes the thing of this id off its list. */
  remove: Pick<UseMutationResult<unknown, Error, string>, "error" | "isPending" | "mutate">;
};

/** What can be done with a model or a dataset in its row: start a run with it, or take it off the list. */
export function LibraryActions({ id, newRunHref, remove }: LibraryActionsProps) {
  return (
    <span className={styles["actions"]}>
      {remove.error ? <span className="status bad small">{messageOf(remove.error)}</span> : null}
      <ButtonLink size="dense" href={newRunHref}>
        New run
      </ButtonLink>
      <InlineConfirm
        size="dense"
        label="Remove"
        question="Remove from the list?"
        confirmLabel="Remove"
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate(id)}
      />
    </span>
  );
}
