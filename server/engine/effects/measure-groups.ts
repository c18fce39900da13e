import type { LatentRef } from "@/lib/contract/edit";
import type { AblationOperation } from "@/lib/contract/effect";
import { type AblationGroup, ablationKey } from "./ablation-plan";
import { type ControlEffect, type EffectSummary, type RowEffects, type SummaryRows, summariseEffect } from "./effect-summary";
import type { PrefixStates } from "./prefix-states";

export type AblationEvent<Effect> =
  /** Rows that are through the unchanged pass. */
  | { readonly kind: "reading"; readonly done: number; readonly total: number }
  /** Rows that are through with one latent taken out, over all latents, operations and controls. */
  | { readonly kind: "measuring"; readonly done: number; readonly total: number }
  /** A target is measured; targets come by layer, not in the order asked for. */
  | { readonly kind: "measured"; readonly latent: LatentRef; readonly effects: readonly Effect[] };

/** Targets measured together where a chunk's states have to be computed again for each group. */
const GROUP_SIZE = 8;

/** Targets that are measured together. */
export function groupSize({ isHeld }: Pick<PrefixStates, "isHeld">): number {
  return isHeld ? 1 : GROUP_SIZE;
}

/** Runs groups of ablations one after another, and tells of the group that was measured last. */
export type GroupWork = {
  /** Rows that a group runs, once for each ablation. */
  sizeOf(group: AblationGroup): number;
  /** Yields the rows that went through each pass. */
  measure(group: AblationGroup): Generator<number | undefined, void, void>;
  effectsOf(key: string): RowEffects;
  /** Of any ablation measured so far. */
  lineOf(key: string): ControlEffect;
};

/** A latent taken out in one way, beside its controls, and what the kind of model adds. */
export type MeasuredBeside<Extra> = EffectSummary & {
  readonly operation: AblationOperation;
  readonly controls: ({ index: number } & ControlEffect)[];
} & Extra;

/**
 * Measures the groups and tells of each target when its group is through.
 *
 * @param extraOf what is known of a target's ablation beside its effect on the loss
 */
export function* measureGroups<Extra extends object>(
  work: GroupWork,
  groups: readonly AblationGroup[],
  operations: readonly AblationOperation[],
  summary: SummaryRows,
  extraOf: (key: string) => Extra,
): Generator<AblationEvent<MeasuredBeside<Extra>> | undefined, void, void> {
  const total = groups.reduce((sum, group) => sum + work.sizeOf(group), 0);
  let done = 0;
  for (const group of groups) {
    for (const rowsDone of work.measure(group)) {
      done += rowsDone ?? 0;
      yield rowsDone === undefined ? undefined : { kind: "measuring", done, total };
    }
    for (const { latent, controls } of group.targets) {
      const effects = operations.map((operation) => {
        const key = ablationKey({ latent, operation });
        return {
          operation,
          ...summariseEffect(summary, work.effectsOf(key)),
          controls: controls.map((index) => ({ index, ...work.lineOf(ablationKey({ latent: { ...latent, index }, operation })) })),
          ...extraOf(key),
        };
      });
      yield { kind: "measured", latent, effects };
    }
  }
}
