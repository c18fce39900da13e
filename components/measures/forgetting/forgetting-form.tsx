"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { z } from "zod";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import styles from "@/components/measures/measures.module.css";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Link } from "@/components/ui/link";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { keys } from "@/lib/client/keys";
import { startStudy } from "@/lib/client/studies";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { forgettingDefaults } from "@/lib/contract/forgetting";
import { type StartStudyInput, type StudySummary, startStudyRequest } from "@/lib/contract/study";
import { formatPlural } from "@/lib/numbers/format";

const forgettingChoice = z.object({
  dataSetId: z.string(),
  generalRows: z.number(),
  heldOutRows: z.number(),
  candidates: z.number(),
  keptGain: z.number(),
});
type ForgettingChoice = Readonly<z.infer<typeof forgettingChoice>>;

type ForgettingFormProps = {
  readonly runId: string;
  readonly dataSets: readonly DataSetSummary[];
  readonly onStarted: (measureId: string) => void;
};

/** Which text is general, and how much the search for harmful latents reads. */
export function ForgettingForm({ runId, dataSets, onStarted }: ForgettingFormProps) {
  const client = useQueryClient();
  const offered = dataSets.filter(({ mapping }) => mapping !== null && mapping.kind !== "labelledImage");
  const { rows, candidates, keptGain } = forgettingDefaults;
  const draft = useDraftForm<ForgettingChoice, StartStudyInput, StudySummary>({
    name: `forgetting/1/${runId}`,
    schema: forgettingChoice,
    beginning: { dataSetId: "", generalRows: rows, heldOutRows: rows, candidates, keptGain },
    requestOf: (choice) => (choice.dataSetId === "" ? null : { study: { kind: "forgetting", ...choice } }),
    contract: startStudyRequest,
    mutation: {
      mutationFn: (request) => startStudy(runId, request),
      onSuccess: () => client.invalidateQueries({ queryKey: keys.studies(runId) }),
    },
    onSent: ({ id }) => onStarted(id),
  });
  const { value, sending: start } = draft;
  const set = (change: Partial<ForgettingChoice>) => draft.set((before) => ({ ...before, ...change }));
  if (offered.length === 0)
    return (
      <p className="note">
        There is no dataset of texts yet. <Link href="/data">Add one</Link> with text that the run did not learn.
      </p>
    );
  return (
    <Form form={draft} className="stack fit gap-12">
      <div key={draft.round} className={`fields ${styles["fields"]}`}>
        <Select
          label="General text"
          field="study.dataSetId"
          hasLabel
          value={value.dataSetId}
          options={[
            { value: "", label: "Choose a dataset" },
            ...offered.map((one) => ({ value: one.id, label: `${one.name} (${formatPlural(one.rows, "row")})` })),
          ]}
          onValueChange={(dataSetId) => set({ dataSetId })}
        />
        <NumberField
          label="Rows of it"
          field="study.generalRows"
          value={value.generalRows}
          min={4}
          max={10_000}
          onValueChange={(generalRows) => set({ generalRows })}
        />
        <NumberField
          label="Held-out rows"
          field="study.heldOutRows"
          value={value.heldOutRows}
          min={4}
          max={10_000}
          onValueChange={(heldOutRows) => set({ heldOutRows })}
        />
        <NumberField
          label="Candidates"
          field="study.candidates"
          value={value.candidates}
          min={1}
          max={1024}
          onValueChange={(next) => set({ candidates: next })}
        />
        <NumberField
          label="Share of the gain to keep"
          field="study.keptGain"
          value={value.keptGain}
          min={0}
          max={1}
          kind="real"
          onValueChange={(next) => set({ keptGain: next })}
        />
      </div>
      <div className={styles["start"]}>
        <p className="small mid">
          {value.dataSetId === ""
            ? "Choose text that the run did not learn, such as what the base model was trained on."
            : "All defaults are our choice. Half of the rows choose the latents to ablate, the other half measures."}
        </p>
        <DiscardDraft draft={draft} />
        <Button look="primary" type="submit" disabled={value.dataSetId === "" || start.isPending}>
          <Play size={12} aria-hidden="true" />
          {start.isPending ? "Starting…" : "Measure"}
        </Button>
      </div>
      {start.error !== null && <ErrorNote title="Could not start">{messageOf(start.error)}</ErrorNote>}
    </Form>
  );
}
