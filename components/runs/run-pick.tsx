"use client";
import { useState } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { comparisonHref } from "@/lib/client/comparison";
import type { RunSummary } from "@/lib/contract/run";
import { formatPlural } from "@/lib/numbers/format";
import styles from "./runs.module.css";

/** Runs selected for comparison, in order of selection. */
export type RunPicks = { readonly ids: readonly string[]; readonly toggle: (runId: string) => void; readonly clear: () => void };

/** Selected runs that still exist; a deleted run is dropped. */
export function useRunPicks(runs: readonly RunSummary[]): RunPicks {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const ids = picked.filter((id) => runs.some((run) => run.id === id));
  return {
    ids,
    toggle: (runId) => setPicked(ids.includes(runId) ? ids.filter((id) => id !== runId) : [...ids, runId]),
    clear: () => setPicked([]),
  };
}

/** The box that picks a run. */
export function RunPick({ run, picks }: { readonly run: RunSummary; readonly picks: RunPicks }) {
  return (
    <input
      type="checkbox"
      className="check"
      aria-label={`Select ${run.name} to compare`}
      checked={picks.ids.includes(run.id)}
      onChange={() => picks.toggle(run.id)}
    />
  );
}

/** Once a run is picked, every other is one press away from being compared with it. */
export function CompareWithPicked({ run, picks }: { readonly run: RunSummary; readonly picks: RunPicks }) {
  if (picks.ids.length === 0 || picks.ids.includes(run.id)) return null;
  return (
    <Link
      className={styles["comparewith"]}
      href={comparisonHref([...picks.ids, run.id])}
      aria-label={`Compare the selected run with ${run.name}`}
    >
      Compare
    </Link>
  );
}

/** How many are picked, and where they are compared. */
export function PickedBar({ picks }: { readonly picks: RunPicks }) {
  if (picks.ids.length === 0) return null;
  return (
    <span className="row">
      <span className="small mid">{formatPlural(picks.ids.length, "run")} picked</span>
      {picks.ids.length < 2 ? null : (
        <ButtonLink look="primary" size="dense" href={comparisonHref(picks.ids)}>
          Compare
        </ButtonLink>
      )}
      <Button look="quiet" size="dense" onClick={picks.clear}>
        Clear selection{" "}
      </Button>
    </span>
  );
}

/** Where the key for comparing leads: what is picked, with the run on which the keyboard stands where one alone is; null for fewer than two. */
export function comparedByKey(picked: readonly string[], currentId: string | null): string | null {
  const ids = picked.length === 1 && currentId !== null && !picked.includes(currentId) ? [...picked, currentId] : picked;
  return ids.length < 2 ? null : comparisonHref(ids);
}
