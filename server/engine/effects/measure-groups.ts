import type { LatentRef } from "@/lib/contract/edit";
import type { AblationOperation } from "@/lib/contract/effect";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { retold } from "@/server/engine/tensor/in-parts";
import { type AblationGroup, type AblationTarget, ablationKey, operationsOf, planAblations } from "./ablation-plan";
import { type ControlEffect, type EffectSummary, type RowEffects, type SummaryRows, summariseEffect } from "./effect-summary";
import { type AblatedPasses, GroupMeasurement, type WithAblation } from "./group-measurement";
import { type PrefixPasses, PrefixStates } from "./prefix-states";

export type AblationEvent<Effect> =
  /** Rows that are through the unchanged pass. */
  | { readonly kind: "reading"; readonly done: number; readonly total: number }
  /** Rows that are through with one latent taken out, over all latents, operations and controls. */
  | { readonly kind: "measuring"; readonly done: number; readonly total: number }
  /** A target is measured; targets come by layer, not in the order asked for. */
  | { readonly kind: "measured"; readonly latent: LatentRef; readonly effects: readonly Effect[] };

/** Targets measured together where a chunk's states have to be computed again for each group. */
const GROUP_SIZE = 8;
/** Most tokens of a pass unless told. */
export const BATCH_TOKENS = 2048;

/** A latent taken out in one way, beside its controls, and what the kind of model adds. */
export type MeasuredBeside<Extra> = EffectSummary & {
  readonly operation: AblationOperation;
  readonly controls: ({ index: number } & ControlEffect)[];
} & Extra;

export type GroupOptions = {
  readonly operations?: readonly AblationOperation[] | undefined;
  /** Most tokens of a pass, padding counted; 2048 unless told. */
  readonly batchTokens?: number | undefined;
  /** Most bytes of hidden states that are held between passes, 1 GiB unless told; beyond it they are computed again. */
  readonly stateBytes?: number | undefined;
};

/** Rows on which latents are measured. */
export type MeasuredRows<Row extends WithAblation, Measured> = {
  readonly prefix: PrefixPasses;
  readonly summary: SummaryRows;
  /** Runs the unedited adapter, which yields the rows that are through, and gives the passes of ablations. */
  passes(states: PrefixStates): Generator<number | undefined, AblatedPasses<Row, Measured>, void>;
};

/**
 * Measures what latents do to the loss of rows, and tells of each target when its group is through.
 *
 * @param extraOf what is known of a target's ablation beside its effect on the loss
 * @throws RangeError when a target is not a latent of the adapter
 */
export function* measureRows<Row extends WithAblation, Measured extends { readonly effects: RowEffects }, Extra extends object>(
  adapter: Adapter,
  targets: readonly AblationTarget[],
  { prefix, summary, passes }: MeasuredRows<Row, Measured>,
  options: GroupOptions,
  extraOf: (measured: Measured) => Extra,
): Generator<AblationEvent<MeasuredBeside<Extra>> | undefined, void, void> {
  const { batchTokens = BATCH_TOKENS, stateBytes = 2 ** 30 } = options;
  const operations = operationsOf(adapter, options.operations ?? ["ablatePost", "ablatePre"]);
  const states = new PrefixStates(prefix, stateBytes);
  try {
    const groups = planAblations(adapter, targets, operations, states.isHeld ? 1 : GROUP_SIZE);
    const total = summary.domains.length;
    const read = yield* retold(passes(states), (done) => ({ kind: "reading" as const, done, total }));
    yield* measureGroups(new GroupMeasurement(read, summary, batchTokens), groups, operations, summary, extraOf);
  } finally {
    states.free();
  }
}

function* measureGroups<Row extends WithAblation, Measured extends { readonly effects: RowEffects }, Extra extends object>(
  work: GroupMeasurement<Row, Measured>,
  groups: readonly AblationGroup[],
  operations: readonly AblationOperation[],
  summary: SummaryRows,
  extraOf: (measured: Measured) => Extra,
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
          ...summariseEffect(summary, work.of(key).effects),
          controls: controls.map((index) => ({ index, ...work.lineOf(ablationKey({ latent: { ...latent, index }, operation })) })),
          ...extraOf(work.of(key)),
        };
      });
      yield { kind: "measured", latent, effects };
    }
  }
}
