"use client";
import { FormFields } from "@/components/forms/form";
import { operationLabel, operationWords } from "@/components/latents/edit-words";
import { KeptEditsField } from "@/components/studies/kept-edits-field";
import { PromptsField } from "@/components/studies/prompts-field";
import { ReadingsFields } from "@/components/studies/readings-fields";
import { StartBar } from "@/components/studies/start-bar";
import styles from "@/components/studies/studies.module.css";
import type { StudyHome } from "@/components/studies/study-home";
import { type StudyForm, useStudyForm } from "@/components/studies/use-study-form";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { mayUse } from "@/lib/contract/methods/methods";
import type { BulkRequest } from "@/lib/contract/study";
import { formatPlural } from "@/lib/numbers/format";
import { type BulkChoice, type BulkOperation, type BulkOrder, bulkChoice, bulkStudy, firstBulkChoice, hasValue } from "./bulk-choice";

type BulkFormProps = {
  readonly home: StudyHome;
  readonly draftName: string;
  /** An earlier study to begin from. */
  readonly from: BulkRequest | null;
  readonly onStarted: (studyId: string) => void;
};

const operations: readonly BulkOperation[] = ["ablatePost", "ablatePre", "scale", "clamp", "minClamp", "add", "forceIn"];
const mostLatents = 1024;

/** Many latents, one operation. */
export function BulkForm({ home, draftName, from, onStarted }: BulkFormProps) {
  const form: StudyForm<BulkChoice> = useStudyForm({
    runId: home.runId,
    draftName,
    schema: bulkChoice,
    beginning: firstBulkChoice(home, from),
    studyOf: () => ({ study, name: `${operationLabel(operation, home.method)} of ${formatPlural(latents, "latent")}` }),
    onStarted,
  });
  const { value: choice } = form;
  const set = (change: Partial<BulkChoice>) => form.set((before) => ({ ...before, ...change }));
  const { by, operation } = choice;
  const ofPage = home.edits.filter((edit) => edit.isOn);
  const latents = by === "listed" ? choice.listed.length : choice.count;
  const study = bulkStudy(home.collection === null ? { ...choice, unit: "raw" } : choice, home);
  return (
    <FormFields form={form}>
      <div key={form.round} className="stack fit gap-12">
        <div className={`fields ${styles["fields"]}`}>
          <Latents home={home} choice={choice} onChoice={set} />
        </div>
        <div className={`fields ${styles["fields"]}`}>
          <Select<BulkOperation>
            label="Operation"
            field="study.operation"
            hasLabel
            value={operation}
            onValueChange={(next) => set({ operation: next })}
            options={operations
              .filter((value) => mayUse(value, home.method))
              .map((value) => ({ value, label: operationLabel(value, home.method) }))}
            hint={operationWords(operation, home.method)}
          />
          {hasValue(operation) && (
            <NumberField
              label={operation === "scale" ? "Factor" : "Value"}
              field="study.value"
              kind="real"
              value={choice.value}
              onValueChange={(value) => set({ value })}
            />
          )}
          {hasValue(operation) && operation !== "scale" && (
            <Select<BulkRequest["unit"]>
              label="In"
              field="study.unit"
              hasLabel
              value={home.collection === null ? "raw" : choice.unit}
              onValueChange={(unit) => set({ unit })}
              options={[
                { value: "p99", label: "× p99", isDisabled: home.collection === null },
                { value: "max", label: "× max", isDisabled: home.collection === null },
                { value: "p50", label: "× median", isDisabled: home.collection === null },
                { value: "raw", label: "raw" },
              ]}
              hint="of each latent’s own activations"
            />
          )}
          <ReadingsFields choice={choice.readings} onChoice={(readings) => set({ readings })} />
        </div>
        <PromptsField home={home} choice={choice.prompts} onChoice={(prompts) => set({ prompts })} />
        <KeptEditsField
          label="Edits that stay on throughout"
          kept={choice.kept}
          ofPage={ofPage}
          mayBeNone={true}
          onKept={(kept) => set({ kept })}
        />
        <StartBar runId={home.runId} study={study} latents={latents} form={form} />
      </div>
    </FormFields>
  );
}

type LatentsProps = { readonly home: StudyHome; readonly choice: BulkChoice; readonly onChoice: (change: Partial<BulkChoice>) => void };

/** Which latents are tried. */
function Latents({ home, choice: { by, listed, count, domain }, onChoice }: LatentsProps) {
  const { collection } = home;
  const domains = collection?.domains ?? [];
  const isByOrder = by !== "listed" && by !== "firing";
  return (
    <>
      <Select<BulkOrder>
        label="Latents"
        field="study.latents"
        hasLabel
        value={by}
        onValueChange={(next) => onChoice({ by: next })}
        options={[
          { value: "firing", label: "strongest on the prompts" },
          { value: "listed", label: `of the list of edits (${listed.length})`, isDisabled: listed.length === 0 },
          { value: "attribution", label: "first by attribution", isDisabled: collection === null },
          { value: "outputShare", label: "first by output share", isDisabled: collection === null },
          { value: "selectivity", label: "most selective", isDisabled: collection === null },
        ]}
        hint={collection === null ? "orders come with the first collection" : by === "firing" ? "|activation| × decoder norm" : undefined}
      />
      {by !== "listed" && (
        <NumberField
          label="How many"
          field="latents.count"
          value={count}
          min={1}
          max={mostLatents}
          onValueChange={(next) => onChoice({ count: next })}
        />
      )}
      {isByOrder && domains.length > 1 && (
        <Select
          label="Domain"
          field="latents.domain"
          hasLabel
          value={domain}
          onValueChange={(next) => onChoice({ domain: next })}
          options={[{ value: "", label: "any" }, ...domains.map(({ name }) => ({ value: name, label: name }))]}
          hint="in which they fire most"
        />
      )}
    </>
  );
}
