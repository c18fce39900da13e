"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AnswerView } from "@/components/steering/encoder/answer-params";
import { DoseLegend } from "@/components/studies/dose/dose-legend";
import { doseMarks } from "@/components/studies/dose/dose-marks";
import { DosePanel } from "@/components/studies/dose/dose-panel";
import { DoseReadOut } from "@/components/studies/dose/dose-read-out";
import styles from "@/components/studies/studies.module.css";
import { withEdit } from "@/components/studies/with-edit";
import { Button } from "@/components/ui/button";
import { latentQueryOptions } from "@/lib/client/latents";
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
  const detail = useQuery({ ...latentQueryOptions({ collectionId: collection?.id ?? "" }, request.latent), enabled: collection !== null });
  const values = dose.points.map(({ value }) => value);
  const marks = doseMarks(request, detail.data, edits);
  const curves = answerCurves(dose, view);
  const at = chosen !== null && values.includes(chosen) ? chosen : (values.at(-1) ?? null);
  const setAt = (value: number) =>
    onEdits(withEdit(edits, { operation: request.operation, latent: request.latent, value, isOn: true, scope: "all" }));
  return (
    <>
      <DoseLegend mark={method} request={{ values }} result={dose} marks={marks} hasInterval={false} />
      <div className={`columns even ${styles["plots"]}`}>
        {curves.map((curve) => (
          <DosePanel key={curve.key} curve={curve} mark={method} values={values} marks={marks} isLogY={false} at={at} onAt={setChosen} />
        ))}
      </div>
      {at !== null && (
        <DoseReadOut
          curves={curves}
          at={at}
          name={marks.nameOf(at)}
          action={
            <Button size="dense" title="Puts this value into the list of edits" onClick={() => setAt(at)}>
              Set this
            </Button>
          }
        />
      )}
    </>
  );
}
