import type { LatentEffect, MeasureEffectsRequest } from "@/lib/contract/effect";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { AblationTarget } from "@/server/engine/effects/ablation-plan";
import type { Attribution, AttributionProgress } from "@/server/engine/effects/attribution";
import type { AblationEvent } from "@/server/engine/effects/measure-groups";
import { retold } from "@/server/engine/tensor/in-parts";
import type { LoadedModel } from "@/server/runtime/models/loaded-model";
import type { ReadRow } from "@/server/runtime/rows/read-row";
import type { HeldOutRequest } from "@/server/runtime/rows/row-source";

/** Tokens of one backward pass, padding counted: rows of one length after the other. */
export const attributionTokens = 1024;

/** What the latents of a run are measured on. */
export type MeasuredSource = Omit<HeldOutRequest, "data"> & {
  /** The run's own; undefined where it is no longer there. */
  readonly data: HeldOutRequest["data"] | undefined;
  /** What a run that was trained elsewhere has seen is not known. */
  readonly isTrainedHere: boolean;
  readonly runName: string;
  /** Rows of the collection, where the run holds none out. */
  ofCollection(): Promise<Iterable<ReadRow>>;
};

/** Rows of any file, with the rows of it that a collection has read. */
export type InputSource = HeldOutRequest & { readonly collected: readonly ReadRow[] };

/** A loaded model whose latents are measured. */
export type LatentModel = LoadedModel & {
  readonly adapter: Adapter;
  /** Of the adapter. */
  readonly folder: string;
};

/** Rows on which a run's latents are measured. */
export type LatentRows = {
  /** How many; 0 where there is nothing to attribute to. */
  readonly count: number;
  /** What the rows are, as a person is told. */
  readonly kind: string;
  /** To the loss of these rows. */
  attribute(): Generator<AttributionProgress | undefined, Attribution, void>;
  /** What ablating latents does to the loss of these rows. @throws Error saying which rows, or what else, is missing */
  ablate(
    targets: readonly AblationTarget[],
    options: Pick<MeasureEffectsRequest, "operations">,
  ): Generator<AblationEvent<LatentEffect> | undefined, void, void>;
};

/** The same events, with effects in the words of what they are of. */
export function describeEffects<Effect>(
  events: Generator<AblationEvent<Effect> | undefined, void, void>,
  describe: (effect: Effect) => LatentEffect,
): Generator<AblationEvent<LatentEffect> | undefined, void, void> {
  return retold(events, (event) => (event.kind === "measured" ? { ...event, effects: event.effects.map(describe) } : event));
}
