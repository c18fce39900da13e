"use client";
import { ChevronDown, ChevronRight } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import type { ExperimentFold } from "./experiment-folds";
import { isOver } from "./run-status";
import styles from "./runs.module.css";

/** A line for each experiment, which brings its trials into the table below and takes them out again. */
export function ExperimentFoldList({ folds, onToggle }: { folds: readonly ExperimentFold[]; onToggle: (experimentId: string) => void }) {
  return folds.map(({ experimentId, name, trials, isOpen }) => {
    const Chevron = isOpen ? ChevronDown : ChevronRight;
    return (
      <div key={experimentId} className={styles["fold"]}>
        <Button look="quiet" aria-expanded={isOpen} onClick={() => onToggle(experimentId)}>
          <Chevron size={13} aria-hidden="true" />
          {formatPlural(trials.length, "trial")}
        </Button>
        <Link className="link" href={`/experiments/${experimentId}`}>
          {name}
        </Link>
        <span className="small dim">
          {formatInteger(trials.filter(isOver).length)} ended{isOpen ? ", listed below" : ""}
        </span>
      </div>
    );
  });
}
