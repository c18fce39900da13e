"use client";
import { z } from "zod";
import { MeasureForm, useMeasureForm } from "@/components/measures/measure-form";
import { Link } from "@/components/ui/link";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { forgettingDefaults } from "@/lib/contract/forgetting";
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
  const offered = dataSets.filter(({ mapping }) => mapping !== null && mapping.kind !== "labelledImage");
  const { rows, candidates, keptGain } = forgettingDefaults;
  const { draft, set } = useMeasureForm<ForgettingChoice>({
    ...{ runId, onStarted, name: "forgetting", schema: forgettingChoice },
    beginning: { dataSetId: "", generalRows: rows, heldOutRows: rows, candidates, keptGain },
    requestOf: (choice) => (choice.dataSetId === "" ? null : { study: { kind: "forgetting", ...choice } }),
  });
  const { value } = draft;
  if (offered.length === 0)
    return (
      <p className="note">
        There is no dataset of texts yet. <Link href="/data">Add one</Link> with text that the run did not learn.
      </p>
    );
  return (
    <MeasureForm
      draft={draft}
      isReady={value.dataSetId !== ""}
      note={
        value.dataSetId === ""
          ? "Choose text that the run did not learn, such as what the base model was trained on."
          : "All defaults are our choice. Half of the rows choose the latents to ablate, the other half measures."
      }
    >
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
    </MeasureForm>
  );
}
