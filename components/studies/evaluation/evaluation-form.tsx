"use client";
import { useState } from "react";
import { subjectName } from "@/components/latents/edit-words";
import { StartBar } from "@/components/studies/start-bar";
import styles from "@/components/studies/studies.module.css";
import { modulesOf, type StudyHome } from "@/components/studies/study-home";
import { NumberField } from "@/components/ui/number-field";
import type { EvaluationRequest, StudyInput } from "@/lib/contract/study";
import { formatPlural } from "@/lib/numbers/format";

type EvaluationFormProps = {
  readonly home: StudyHome;
  /** An earlier study to begin from: its number of rows. The edits are always those of the page. */
  readonly from: EvaluationRequest | null;
  readonly onStarted: (studyId: string) => void;
};

/** The page's edits on rows that the run did not train on. */
export function EvaluationForm({ home, from, onStarted }: EvaluationFormProps) {
  const [heldOutRows, setHeldOutRows] = useState(from?.heldOutRows ?? 128);
  const edits = home.edits.filter(({ isOn }) => isOn);
  const study: StudyInput | string =
    edits.length === 0
      ? "Add an edit to the list, or switch one on, to see what it does on held-out rows"
      : { kind: "evaluation", edits, heldOutRows };
  const subjects = edits.map((edit) => subjectName(edit, modulesOf(home)));
  return (
    <div className={styles["form"]}>
      <p className="small mid">
        Base model, adapter and {edits.length === 0 ? "edited adapter" : `adapter with ${subjects.join(", ")} edited`}, each on the same
        rows: losses, which answers become right or wrong, by domain and row by row. Scopes count as all tokens there, from – to excepted.
      </p>
      <div className={styles["fields"]}>
        <NumberField label="Held-out rows" value={heldOutRows} min={2} max={10_000} onValueChange={setHeldOutRows} />
      </div>
      <StartBar
        runId={home.runId}
        study={study}
        name={`${subjects.length > 2 ? formatPlural(subjects.length, "edit") : subjects.join(" and ")} on held-out rows`}
        onStarted={onStarted}
      />
    </div>
  );
}
