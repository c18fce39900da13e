"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Select } from "@/components/ui/select";
import { startDetection } from "@/lib/client/detections";
import { keys } from "@/lib/client/keys";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { type DetectionSummary, type StartDetectionInput, startDetectionRequest } from "@/lib/contract/detection";
import { formatPlural } from "@/lib/numbers/format";
import styles from "./concepts.module.css";
import { conceptColumns, type DetectionForm, detectionForm, formFor, namesConcepts, requestOf, textDataSets } from "./detection-form";

type DetectFormProps = {
  readonly runId: string;
  readonly dataSets: readonly DataSetSummary[];
  readonly onStarted: (detectionId: string) => void;
};

/** Which concepts to look for. */
export function DetectForm({ runId, dataSets, onStarted }: DetectFormProps) {
  const client = useQueryClient();
  const offered = textDataSets(dataSets);
  const dataSetOf = ({ dataSetId }: DetectionForm) => offered.find(({ id }) => id === dataSetId);
  const draft = useDraftForm<DetectionForm, StartDetectionInput, DetectionSummary>({
    name: `detection/2/${runId}`,
    schema: detectionForm,
    beginning: formFor(offered.find(namesConcepts) ?? offered[0]),
    requestOf: (values) => {
      const request = requestOf(values, dataSetOf(values));
      return typeof request === "string" ? null : request;
    },
    contract: startDetectionRequest,
    mutation: {
      mutationFn: (request) => startDetection(runId, request),
      onSuccess: () => client.invalidateQueries({ queryKey: keys.detections(runId) }),
    },
    onSent: ({ id }) => onStarted(id),
  });
  const { value: form, sending: start } = draft;
  const dataSet = dataSetOf(form);
  const request = requestOf(form, dataSet);
  const columns = dataSet === undefined ? [] : conceptColumns(dataSet);
  const distinctOf = (column: string) => dataSet?.columns.find(({ name }) => name === column)?.distinct ?? 0;
  return (
    <Form form={draft} className="stack fit gap-12">
      <div className={`fields ${styles["fields"]}`}>
        <Select
          label="Dataset"
          field="dataSetId"
          hasLabel
          value={form.dataSetId}
          options={[
            ...(dataSet ? [] : [{ value: form.dataSetId, label: "Choose a dataset" }]),
            ...offered.map((one) => ({ value: one.id, label: `${one.name} (${formatPlural(one.rows, "row")})` })),
          ]}
          onValueChange={(id) => draft.set((before) => ({ ...formFor(offered.find((one) => one.id === id)), probe: before.probe }))}
        />
        <Select
          label="Concepts"
          field="by"
          hasLabel
          value={form.by}
          options={[
            { value: "", label: "named by the dataset", isDisabled: dataSet === undefined || !namesConcepts(dataSet) },
            ...columns.map((column) => ({ value: column, label: `values of ${column} (${distinctOf(column)})` })),
          ]}
          onValueChange={(by) => draft.set((before) => ({ ...before, by }))}
        />
      </div>
      <Checkbox
        label="Sparse probing: how well 1, 2, 5 and 20 latents classify each concept’s rows"
        isChecked={form.probe}
        onIsCheckedChange={(probe) => draft.set((before) => ({ ...before, probe }))}
      />
      <div className={styles["start"]}>
        <p className="small mid">
          {typeof request === "string"
            ? `${request}.`
            : form.by === ""
              ? "Rows marked positive show a concept; negative and hard negative rows do not."
              : `Each value of ${form.by} is a concept; the rows with another value are its negatives.`}
        </p>
        <DiscardDraft draft={draft} />
        <Button look="primary" type="submit" disabled={typeof request === "string" || start.isPending}>
          <Play size={12} aria-hidden="true" />
          {start.isPending ? "Starting…" : "Detect"}
        </Button>
      </div>
      {start.error !== null && <ErrorNote title="Could not start">{messageOf(start.error)}</ErrorNote>}
    </Form>
  );
}
