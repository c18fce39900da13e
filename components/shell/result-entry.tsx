"use client";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import { useNow } from "@/components/ui/use-now";
import type { JobSummary } from "@/lib/contract/run";
import { JobLine } from "./job-line";
import styles from "./result-entry.module.css";

type ResultEntryProps = {
  /** Names the entry. */
  readonly label: string;
  readonly title: string;
  readonly about?: string;
  readonly createdAt: string;
  /** The job that makes the result; null once it was removed. */
  readonly job: JobSummary | null;
  readonly isAtWork: boolean;
  /** What the job is called while it works, and where it failed. */
  readonly jobNames: readonly [working: string, failed: string];
  /** Whether there is something to show. */
  readonly canOpen: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  /** Links to its files. */
  readonly files: ReactNode;
  readonly remove: { readonly isPending: boolean; readonly error: Error | null; readonly mutate: () => void };
  /** The result, where it is open. */
  readonly children: ReactNode;
};

/** One result of a list: what it is, what can be done with it, how far its job is, and itself where it is open. */
export function ResultEntry({ label, title, about, createdAt, job, isAtWork, jobNames, ...rest }: ResultEntryProps) {
  const { canOpen, isOpen, onOpen, files, remove, children } = rest;
  const now = new Date(useNow(60_000));
  const hasFailed = job?.status === "failed";
  return (
    <li className={`stack fit ${styles["entry"]}`} aria-label={label}>
      <div className={styles["head"]}>
        <h3 className="cut-anywhere">{title}</h3>
        {about !== undefined && <span className="small mid">{about}</span>}
        <span className="tiny dim">
          <LocalTime at={createdAt} format={(iso) => startedAt(iso, now)} />
        </span>
        <span className={styles["actions"]}>
          {canOpen && (
            <Button look="quiet" size="dense" aria-expanded={isOpen} onClick={() => onOpen(!isOpen)}>
              {isOpen ? "Hide" : "Show"}
            </Button>
          )}
          {files}
          <InlineConfirm
            label="Remove"
            question={isAtWork ? "Stop and remove it?" : "Remove the result?"}
            confirmLabel="Remove"
            size="dense"
            isBusy={remove.isPending}
            onConfirm={remove.mutate}
          />
        </span>
      </div>
      {remove.error !== null && <p className="status bad small">{messageOf(remove.error)}</p>}
      {job !== null && (isAtWork || hasFailed) && <JobLine job={{ ...job, title: jobNames[hasFailed ? 1 : 0] }} />}
      {children}
    </li>
  );
}
