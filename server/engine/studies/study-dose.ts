import type { LatentRef } from "@/lib/contract/edit";
import type { DosePoint, DoseRequest, DoseResult } from "@/lib/contract/study";
import { rowsOfStudy } from "@/lib/contract/study-cost";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { armHooks } from "@/server/engine/adapters/arms";
import { estimateOf } from "@/server/engine/evaluation/estimate";
import type { Progress } from "@/server/engine/evaluation/progress";
import type { EvaluationRow } from "@/server/engine/evaluation/row-losses";
import { labelTokensOf } from "@/server/engine/models/row-batches";
import { distinctPairsOf, type ReadArm, type TextPlan, withoutEnd } from "./own-texts";
import { SettingMeasurement } from "./setting-measurement";
import { changeOf, effectOf, lossOf, type SettingReadings } from "./setting-readings";
import {
  armWith,
  demandLatent,
  type StudiedEdit,
  type StudyContext,
  type StudyPrompt,
  type StudyTarget,
  studiedEdit,
  type Work,
} from "./study-context";
import { layMaterial } from "./study-material";
import { track } from "./track";

export type DoseStudy = {
  readonly request: DoseRequest;
  readonly prompts: readonly StudyPrompt[];
  readonly targets: readonly StudyTarget[];
  /** Rows for the loss, those without a label token left out; null or none for no loss. */
  readonly heldOut: { readonly rows: readonly EvaluationRow[]; readonly isHeldOut: boolean } | null;
  /** Latents of the same module. */
  readonly controls: readonly number[];
};

/** Texts whose own continuation is written side by side. */
const TEXTS_TOGETHER = 32;

/** A value of the studied latent or of a control. */
type Dose = { readonly series: number; readonly value: number; readonly edit: StudiedEdit };

/** All doses in order, and the layer of their module. */
type DosePlan = { readonly doses: readonly Dose[]; readonly layer: number };

/**
 * Measures one latent at several values, and controls at the same values times the factor by which the latent writes more strongly;
 * points carry the value before the factor. The unchanged arm and the base model come first, then the latent's points by value,
 * then control after control. Yields after every pass with what is there.
 *
 * @throws RangeError when there is no prompt or value, the adapter lacks a latent, a control writes nothing, a text does not fit the
 * model's context, or a reading is not a finite number
 */
export function studyDose(context: StudyContext, study: DoseStudy): Generator<Progress<DoseResult> | undefined, DoseResult, void> {
  const { request, prompts, targets, heldOut, controls } = study;
  const { adapter } = context;
  const { layer } = demandLatent(adapter, request.latent);
  const series = [
    { latent: request.latent, factor: 1 },
    ...controls.map((index) => {
      const latent = { ...request.latent, index };
      return { latent, factor: request.operation === "scale" ? 1 : factorOf(adapter, request.latent, latent) };
    }),
  ];
  const values = [...new Set(request.values)].sort((a, b) => a - b);
  if (values.length === 0) throw new RangeError("a dose study needs at least one value");
  const doses = series.flatMap(({ latent, factor }, place) =>
    values.map((value): Dose => ({ series: place, value, edit: studiedEdit(request.operation, latent, value * factor, request) })),
  );
  armHooks(doses.map(({ edit }) => armWith(context, [...request.edits, edit])));
  const rows = (heldOut?.rows ?? []).filter((row) => labelTokensOf(row) > 0);
  const result: DoseResult = {
    kind: "dose",
    targets: targets.map(({ text }) => text),
    points: [],
    adapter: null,
    base: null,
    controls: series.slice(1).map(({ latent: { index }, factor }) => ({ index, factor, points: [] })),
    prompts: [],
    heldOut:
      heldOut === null || heldOut.rows.length === 0
        ? null
        : { rows: rows.length, labelTokens: rows.reduce((sum, row) => sum + labelTokensOf(row), 0), isHeldOut: heldOut.isHeldOut },
  };
  const plan = { prompts: prompts.length, targets: targets.length, heldOutRows: rows.length, settings: doses.length, hasOwnTexts: true };
  return track(measureDoses(context, study, { doses, layer }, result), rowsOfStudy(plan), () => snapshot(result));
}

function* measureDoses(context: StudyContext, study: DoseStudy, { doses, layer }: DosePlan, result: DoseResult): Work<DoseResult> {
  const { request, prompts, targets, heldOut } = study;
  const { edits, continuationTokens } = request;
  const material = yield* layMaterial(context, { edits, prompts, targets, continuationTokens, rows: heldOut?.rows ?? [] });
  result.prompts.push(
    ...prompts.map(({ text }, prompt) => ({
      text,
      continuation: context.decode(withoutEnd(material.continuations[prompt] ?? [], context.endIds)),
    })),
  );
  const measurement = new SettingMeasurement(context, edits, material);
  try {
    const latents = [...new Map(doses.map(({ edit }) => [edit.latent.index, edit.latent])).values()];
    yield* measurement.beginAt(layer, latents);
    const unchanged = yield* measurement.readUnchanged();
    const plan: TextPlan = { prompts, continuationTokens, material };
    let plain: readonly number[] | undefined;
    const pointsOf = function* (arms: readonly ReadArm[]): Work<Omit<DosePoint, "value">[]> {
      const distinct = yield* distinctPairsOf(context, plan, arms);
      // The unchanged adapter is the first arm of the first group.
      plain ??= distinct[0] ?? [];
      const unchangedDistinct = plain;
      return arms.map(({ readings }, i) => ({
        ...effectOf(readings, unchanged.adapter),
        loss: lossOf(readings, unchanged.adapter, material),
        distinct2: estimateOf(distinct[i] ?? []),
        distinct2Change: changeOf(distinct[i] ?? [], unchangedDistinct),
      }));
    };
    const [adapter, base] = yield* pointsOf([
      { arm: armWith(context, edits), readings: unchanged.adapter },
      { arm: {}, readings: unchanged.base },
    ]);
    result.adapter = adapter ?? null;
    result.base = base ?? null;
    for (const group of groupsOf(doses, prompts.length)) {
      const readings = yield* measurement.measure(
        group.map(({ edit }) => edit),
        unchanged,
      );
      const arms = group.map(
        ({ edit }, i): ReadArm => ({ arm: armWith(context, [...edits, edit]), readings: readings[i] as SettingReadings }),
      );
      const points = yield* pointsOf(arms);
      group.forEach(({ series, value }, i) => {
        const into = series === 0 ? result.points : result.controls[series - 1]?.points;
        into?.push({ ...(points[i] as Omit<DosePoint, "value">), value });
      });
    }
  } finally {
    measurement.free();
  }
  return snapshot(result);
}

/** How much more strongly a latent writes than a control of its module. */
function factorOf(adapter: Adapter, latent: LatentRef, control: LatentRef): number {
  for (const one of [latent, control]) demandLatent(adapter, one);
  const norms = adapter.decoderNorms().get(latent.module);
  const [own, other] = [norms?.[latent.index] ?? 0, norms?.[control.index] ?? 0];
  if (!(other > 0))
    throw new RangeError(
      `control ${control.index} of ${control.module} has a zero decoder vector, so no value of it matches latent ${latent.index}`,
    );
  return own / other;
}

/** Doses that are measured together, in order: as many as their own texts share a step well. */
function groupsOf(doses: readonly Dose[], prompts: number): Dose[][] {
  const size = Math.max(1, Math.floor(TEXTS_TOGETHER / prompts));
  return Array.from({ length: Math.ceil(doses.length / size) }, (_, i) => doses.slice(i * size, (i + 1) * size));
}

/** The result so far, which does not grow any more. */
function snapshot(result: DoseResult): DoseResult {
  return {
    ...result,
    points: [...result.points],
    controls: result.controls.map((control) => ({ ...control, points: [...control.points] })),
    prompts: [...result.prompts],
  };
}
