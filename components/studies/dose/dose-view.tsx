"use client";
import { useState } from "react";
import { useLatentDetail } from "@/components/latents/use-latent-detail";
import styles from "@/components/studies/studies.module.css";
import type { StudyHome } from "@/components/studies/study-home";
import { withEdit } from "@/components/studies/with-edit";
import { ToggleButton } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import type { Edit } from "@/lib/contract/edit";
import type { DoseRequest, DoseResult } from "@/lib/contract/study";
import { doseCurves } from "./dose-curves";
import { DoseLegend } from "./dose-legend";
import { doseMarks } from "./dose-marks";
import { DosePlots } from "./dose-plots";
import { DoseVerdicts } from "./dose-verdicts";

type DoseViewProps = {
  readonly home: StudyHome;
  readonly request: DoseRequest;
  readonly result: DoseResult | null;
  readonly isAtWork: boolean;
};

/** What a latent does over its values, as far as it is measured. */
export function DoseView({ home, request, result, isAtWork }: DoseViewProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [isMore, setIsMore] = useState(false);
  const [isLog, setIsLog] = useState(false);
  const detail = useLatentDetail(home.collection, request.latent);
  if (result === null) return <Skeleton height={230} />;
  const marks = doseMarks(request, detail.data, home.edits);
  const values = [...new Set(request.values)].sort((a, b) => a - b);
  const curves = doseCurves(result);
  const shown = curves.filter((curve) => isMore || !curve.isMore);
  const measured = result.points.map(({ value }) => value);
  const at = chosen ?? (marks.setNow !== null && measured.includes(marks.setNow) ? marks.setNow : (measured.at(-1) ?? null));
  return (
    <>
      <div className={styles["keyline"]}>
        <DoseLegend mark={home.method} request={request} result={result} marks={marks} />
        <ToggleButton isOn={isLog} onIsOnChange={setIsLog}>
          log
        </ToggleButton>
        <ToggleButton isOn={isMore} onIsOnChange={setIsMore}>
          all readings
        </ToggleButton>
      </div>
      <DosePlots
        curves={shown}
        mark={home.method}
        values={values}
        marks={marks}
        isLog={isLog}
        at={at}
        onAt={setChosen}
        onSet={(value) => home.onEdits(withEdit(home.edits, editAt(request, value)))}
      />
      {!isAtWork && <DoseVerdicts curves={curves} nameOf={marks.nameOf} prompts={result.prompts.length} />}
      {result.heldOut !== null && !result.heldOut.isHeldOut && (
        <p className="note">This run has no held-out rows: the loss is on rows of its collection, which may be training rows.</p>
      )}
    </>
  );
}

/** The studied edit at one value, as the page takes it. */
export function editAt({ operation, latent, scope, onlyIfFiring }: DoseRequest, value: number): Edit {
  const common = { latent, value, scope, isOn: true };
  return operation === "scale" || onlyIfFiring !== true ? { operation, ...common } : { operation, ...common, onlyIfFiring };
}
