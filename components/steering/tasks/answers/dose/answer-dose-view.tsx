"use client";
import { useState } from "react";
import { useLatentDetail } from "@/components/latents/use-latent-detail";
import type { AnswerView } from "@/components/steering/tasks/answers/answer-params";
import { DoseLegend } from "@/components/studies/dose/dose-legend";
import { doseMarks } from "@/components/studies/dose/dose-marks";
import { DosePlots } from "@/components/studies/dose/dose-plots";
import { withEdit } from "@/components/studies/with-edit";
import type { Edit } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { AnswerDose, ReadTextInput } from "@/lib/contract/read-text";
import type { LatentMethod } from "@/lib/contract/run-config";
import { answerCurves } from "./answer-curves";

type AnswerDoseViewProps = {
  readonly collection: CollectionSummary | null;
  readonly method: LatentMethod;
  readonly request: NonNullable<ReadTextInput["dose"]>;
  readonly dose: AnswerDose;
  readonly view: AnswerView;
  readonly edits: readonly Edit[];
  readonly onEdits: (edits: readonly Edit[]) => void;
};

/** The curves of a dose on one text, with the numbers at one of its values. */
export function AnswerDoseView({ collection, method, request, dose, view, edits, onEdits }: AnswerDoseViewProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const detail = useLatentDetail(collection, request.latent);
  const values = dose.points.map(({ value }) => value);
  const marks = doseMarks(request, detail.data, edits);
  const curves = answerCurves(dose, view);
  const at = chosen !== null && values.includes(chosen) ? chosen : (values.at(-1) ?? null);
  const setAt = (value: number) =>
    onEdits(withEdit(edits, { operation: request.operation, latent: request.latent, value, isOn: true, scope: "all" }));
  return (
    <>
      <DoseLegend mark={method} request={{ values }} result={dose} marks={marks} hasInterval={false} />
      <DosePlots curves={curves} mark={method} values={values} marks={marks} at={at} onAt={setChosen} onSet={setAt} />
    </>
  );
}
