"use client";
import { useState } from "react";
import { latentName, operationLabel, operationWords } from "@/components/latents/edit-words";
import { isSameLatent } from "@/components/latents/latent-href";
import { useLatentDetail } from "@/components/latents/use-latent-detail";
import type { PartProps } from "@/components/steering/steer-task";
import type { AnsweredInput, Answering, AnswerRequest } from "@/components/steering/tasks/answers/answering";
import { sizesOf } from "@/components/studies/dose/dose-marks";
import { type DoseOperation, doseOperations, valuesHint } from "@/components/studies/dose/dose-values";
import { editedLatents } from "@/components/studies/edited-latents";
import { nameOfLatent } from "@/components/text/use-listed-rows";
import type { Reader } from "@/components/text/use-reading";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { FailedPart } from "@/components/ui/failed-part";
import { NumberField } from "@/components/ui/number-field";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { AnswerDoseView } from "./answer-dose-view";
import { chosenDose, type DoseChoice, doseAsked, firstChoice } from "./dose-choice";

type AnswerDosePanelProps<Request extends AnswerRequest> = Pick<PartProps<Answering>, "method" | "steering"> & {
  readonly input: AnsweredInput;
  /** The request with what is read; null where that is still to be chosen. */
  readonly requestOf: ((asked: AnswerRequest) => Request) | null;
  readonly reader: Reader<Request>;
};

/** What the answer to an input does over the values of one edited latent, beside random latents that write as much. */
export function AnswerDosePanel<Request extends AnswerRequest>(props: AnswerDosePanelProps<Request>) {
  const { method, steering, input, requestOf, reader } = props;
  const { params, setParams, collection } = steering;
  const [choice, setChoice] = useState<DoseChoice>(firstChoice);
  const set = (change: Partial<DoseChoice>) => setChoice((before) => ({ ...before, ...change }));
  const { reading, read, stop } = reader;
  const latents = editedLatents(params);
  const latent = latents.find((one) => choice.latent !== null && isSameLatent(one, choice.latent)) ?? latents[0] ?? null;
  const detail = useLatentDetail(collection, latent);
  const dose = chosenDose(choice, params.edits, latent, sizesOf(detail.data));
  const asked = detail.isLoading ? null : doseAsked(params.edits, dose, choice.controls);
  const request = asked === null || requestOf === null ? null : requestOf(asked);
  const isRunning = reading.status === "running";
  const modules = collection?.modules ?? [];
  if (latent === null || dose === null) return null;
  return (
    <Panel
      title="Dose and response"
      aside={<span className="small dim">on this {input.noun}</span>}
      foot={
        <>
          The page’s other edits stay on throughout. Random latents of the module, matched on density and decoder norm, at values that write
          as much.
        </>
      }
    >
      <div className="stack">
        <FailedPart query={detail} failure="Could not load this latent’s statistics" />
        <div className="fields">
          <Select
            label="Latent"
            hasLabel
            value={nameOfLatent(latent)}
            options={latents.map((one) => ({ value: nameOfLatent(one), label: latentName(one, modules) }))}
            onValueChange={(name) => set({ latent: latents.find((one) => nameOfLatent(one) === name) ?? null, operation: null })}
          />
          <Select<DoseOperation>
            label="Operation"
            hasLabel
            value={dose.operation}
            options={doseOperations.map((value) => ({ value, label: operationLabel(value, method) }))}
            hint={operationWords(dose.operation, method)}
            onValueChange={(operation) => set({ operation, values: null })}
          />
          <TextField
            label={dose.operation === "scale" ? "Factors" : dose.isMultiple ? "Values, × p99" : "Values"}
            value={dose.text}
            error={typeof dose.values === "string" ? dose.values : undefined}
            hint={valuesHint}
            onValueChange={(values) => set({ values })}
          />
          <NumberField
            label="Random latents"
            value={choice.controls}
            min={0}
            max={64}
            hint="0: no band"
            onValueChange={(controls) => set({ controls })}
          />
        </div>
        <div className="row">
          {isRunning ? (
            <Button onClick={stop}>Stop</Button>
          ) : (
            <Button
              disabled={request === null}
              title={requestOf === null ? `${input.ask} first` : undefined}
              onClick={() => request !== null && read(request)}
            >
              Draw
            </Button>
          )}
          {isRunning && (
            <span className="small mid" role="status">
              answering
            </span>
          )}
        </div>
        {reading.error !== null && <ErrorNote title="Could not measure the curve">{reading.error}</ErrorNote>}
        {reading.dose !== null && reading.request?.dose !== undefined && (
          <AnswerDoseView
            collection={collection}
            method={method}
            request={reading.request.dose}
            dose={reading.dose}
            view={params.view}
            edits={params.edits}
            onEdits={(edits) => setParams({ edits })}
          />
        )}
      </div>
    </Panel>
  );
}
