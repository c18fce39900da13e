import type { DosePoint, Estimate, SettingEffect } from "@/lib/contract/study";
import { estimateOf } from "@/server/engine/evaluation/estimate";
import type { StudyMaterial } from "./study-material";
import type { StudyText } from "./study-texts";

/** The first reading of a continuation at which an arm would have written another token than the unchanged one. */
export type Departure = { readonly reading: number; readonly id: number };

/** What one arm makes of a study's material. */
export type SettingReadings = {
  /** By prompt: the mean over its readings, nats. */
  readonly klToAdapter: Float64Array;
  readonly klToBase: Float64Array;
  /** By prompt: the share of readings whose most probable token is another. */
  readonly changedTokens: Float64Array;
  readonly departures: (Departure | undefined)[];
  /** By target, by prompt: log-probability of the whole string, nats. */
  readonly targets: readonly Float64Array[];
  /** By held-out row: mean cross-entropy of its label tokens, nats. */
  readonly rowLosses: Float64Array;
};

export function zeroReadings({ prompts, targets, labelTokens }: StudyMaterial): SettingReadings {
  return {
    klToAdapter: new Float64Array(prompts),
    klToBase: new Float64Array(prompts),
    changedTokens: new Float64Array(prompts),
    departures: new Array<Departure | undefined>(prompts).fill(undefined),
    targets: Array.from({ length: targets }, () => new Float64Array(prompts)),
    rowLosses: new Float64Array(labelTokens.length),
  };
}

/** Readings that are written over where something changes. */
export function copyReadings({ klToAdapter, klToBase, changedTokens, departures, targets, rowLosses }: SettingReadings): SettingReadings {
  return {
    klToAdapter: klToAdapter.slice(),
    klToBase: klToBase.slice(),
    changedTokens: changedTokens.slice(),
    departures: [...departures],
    targets: targets.map((byPrompt) => byPrompt.slice()),
    rowLosses: rowLosses.slice(),
  };
}

export function enterTarget({ targets }: SettingReadings, { target, prompt }: StudyText, logProbabilities: Float32Array): void {
  const byPrompt = target === null ? undefined : targets[target];
  if (byPrompt !== undefined) byPrompt[prompt] = logProbabilities.reduce((sum, value) => sum + value, 0);
}

/** @param best the arm's most probable tokens by reading, and `unchanged` those of the unchanged arm */
export function enterChanges(
  { changedTokens, departures }: SettingReadings,
  prompt: number,
  best: Int32Array,
  unchanged: Int32Array,
): void {
  const reading = best.findIndex((id, at) => id !== unchanged[at]);
  departures[prompt] = reading < 0 ? undefined : { reading, id: best[reading] as number };
  changedTokens[prompt] = best.filter((id, at) => id !== unchanged[at]).length / best.length;
}

/** @param unchanged of the same prompts: what changes are from */
export function effectOf(
  { klToAdapter, klToBase, changedTokens, targets }: SettingReadings,
  unchanged: Pick<SettingReadings, "targets">,
): SettingEffect {
  return {
    klToAdapter: estimateOf([...klToAdapter]),
    klToBase: estimateOf([...klToBase]),
    targets: targets.map((byPrompt) => estimateOf([...byPrompt])),
    targetChanges: targets.map((byPrompt, target) => changeOf(byPrompt, unchanged.targets[target] ?? [])),
    changedTokens: estimateOf([...changedTokens]),
  };
}

/** The mean of what each value is above its counterpart. */
export function changeOf(values: ArrayLike<number>, unchanged: ArrayLike<number>): Estimate {
  return estimateOf(Array.from(values, (value, at) => value - (unchanged[at] as number)));
}

/** @returns null where there are no held-out rows */
export function lossOf({ rowLosses }: SettingReadings, unchanged: SettingReadings, { labelTokens }: StudyMaterial): DosePoint["loss"] {
  if (rowLosses.length === 0) return null;
  const total = labelTokens.reduce((sum, tokens) => sum + tokens, 0);
  return {
    mean: rowLosses.reduce((sum, loss, row) => sum + loss * (labelTokens[row] as number), 0) / total,
    change: changeOf(rowLosses, unchanged.rowLosses),
  };
}

/** Distinct pairs of neighbouring tokens as a share of all; 1 for a text without a pair: nothing repeats there. */
export function distinctPairs(ids: readonly number[]): number {
  if (ids.length < 2) return 1;
  const pairs = ids.slice(1).map((id, before) => `${ids[before]} ${id}`);
  return new Set(pairs).size / pairs.length;
}
