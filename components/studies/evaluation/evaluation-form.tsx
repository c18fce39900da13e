"use client";
import { z } from "zod";
import { FormFields } from "@/components/forms/form";
import { subjectName } from "@/components/latents/edit-words";
import { chosenEdits, editsOfStudy, keptEdits } from "@/components/studies/kept-edits";
import { KeptEditsField } from "@/components/studies/kept-edits-field";
import { StartBar } from "@/components/studies/start-bar";
import styles from "@/components/studies/studies.module.css";
import { modulesOf, type StudyHome } from "@/components/studies/study-home";
import { type StudyForm, useStudyForm } from "@/components/studies/use-study-form";
import { NumberField } from "@/components/ui/number-field";
import type { EditStudyInput, EvaluationRequest } from "@/lib/contract/study";
import { formatPlural } from "@/lib/numbers/format";

type EvaluationFormProps = {
  readonly home: StudyHome;
  readonly draftName: string;
  /** An earlier study to begin from: its rows and its edits. */
  readonly from: EvaluationRequest | null;
  readonly onStarted: (studyId: string) => void;
};

const evaluationChoice = z.object({ heldOutRows: z.number(), kept: keptEdits });
type EvaluationChoice = Readonly<z.infer<typeof evaluationChoice>>;

/** Edits on rows that the run did not train on. */
export function EvaluationForm({ home, draftName, from, onStarted }: EvaluationFormProps) {
  const form: StudyForm<EvaluationChoice> = useStudyForm({
    runId: home.runId,
    draftName,
    schema: evaluationChoice,
    beginning: firstEvaluationChoice(from),
    studyOf: () => ({ study, name }),
    onStarted,
  });
  const { heldOutRows, kept } = form.value;
  const set = (change: Partial<EvaluationChoice>) => form.set((before) => ({ ...before, ...change }));
  const ofPage = home.edits.filter(({ isOn }) => isOn);
  const edits = chosenEdits(kept, ofPage);
  const study: EditStudyInput | string =
    edits.length === 0 ? "Add or switch on an edit to evaluate it on held-out rows" : { kind: "evaluation", edits, heldOutRows };
  const subjects = edits.map((edit) => subjectName(edit, modulesOf(home)));
  const name = `${subjects.length > 2 ? formatPlural(subjects.length, "edit") : subjects.join(" and ")} on held-out rows`;
  return (
    <FormFields form={form}>
      <div key={form.round} className="stack fit gap-12">
        <p className="small mid">
          Base model, adapter and {edits.length === 0 ? "edited adapter" : `adapter with ${subjects.join(", ")} edited`}, each on the same
          rows: losses, which answers become right or wrong, by domain and row by row. Scopes count as all tokens there, from – to excepted.
        </p>
        <div className={`fields ${styles["fields"]}`}>
          <NumberField
            label="Held-out rows"
            field="study.heldOutRows"
            value={heldOutRows}
            min={2}
            max={10_000}
            onValueChange={(rows) => set({ heldOutRows: rows })}
          />
          <KeptEditsField label="Edits" kept={kept} ofPage={ofPage} mayBeNone={false} onKept={(next) => set({ kept: next })} />
        </div>
        <StartBar runId={home.runId} study={study} form={form} />
      </div>
    </FormFields>
  );
}

function firstEvaluationChoice(from: EvaluationRequest | null): EvaluationChoice {
  if (from === null) return { heldOutRows: 128, kept: { by: "page", ofStudy: [] } };
  return { heldOutRows: from.heldOutRows, kept: editsOfStudy(from.edits) };
}
