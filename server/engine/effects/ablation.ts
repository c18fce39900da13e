import type { LatentEffect } from "@/lib/contract/effect";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { batchRows, type LabelledRow, labelTokensOf } from "@/server/engine/models/row-batches";
import { tidy } from "@/server/engine/tensor/scope";
import { ablatedText, type Measured } from "./ablated-text";
import type { AblatedRow } from "./ablation-pass";
import type { AblationTarget } from "./ablation-plan";
import { createRecords } from "./ablation-records";
import type { SummaryRows } from "./effect-summary";
import { type AblationEvent, BATCH_TOKENS, type GroupOptions, type MeasuredRows, measureRows } from "./measure-groups";
import type { MeasuredWrites } from "./measured-writes";
import { textPasses } from "./prefix-states";
import { KeptPositions, runUnchanged } from "./unchanged-pass";

/** A tokenised row of held-out text and the domain it is from, null where it has none. */
export type EffectRow = LabelledRow & { readonly domain: string | null };

/** A latent's effect as `lib/contract` describes it, tokens by id. */
export type MeasuredEffect = Omit<LatentEffect, "writes"> & { readonly writes: MeasuredWrites | null };

export type AblationOptions = GroupOptions & {
  /** Firing positions at which what a latent writes is measured, 512 unless told; 0 measures none. */
  readonly writePositions?: number | undefined;
  readonly seed?: number | undefined;
};

/**
 * Measures what latents do to the loss of held-out rows by taking each out: ablated minus unchanged, the difference of two plain
 * evaluations. Only rows in which the latent is kept run (the others' change is 0), from the latent's own layer on and over the
 * labels that it can reach; rows of several latents share a pass. Yields after each pass, where a caller may stop. Of LoRA,
 * whose components are not selected, `ablatePost` alone is measured.
 *
 * @throws RangeError under two rows with labels, or when a target is not a latent of the adapter
 */
export function* measureAblations(
  model: CausalModel,
  adapter: Adapter,
  rows: readonly EffectRow[],
  targets: readonly AblationTarget[],
  options: AblationOptions = {},
): Generator<AblationEvent<MeasuredEffect> | undefined, void, void> {
  const { batchTokens = BATCH_TOKENS, writePositions = 512, seed = 0 } = options;
  const labelled = rows.filter((row) => labelTokensOf(row) > 0);
  if (labelled.length < 2) throw new RangeError(`${labelled.length} rows with labels are too few for an interval; at least 2 are needed`);
  const summary: SummaryRows = { labelTokens: Int32Array.from(labelled, labelTokensOf), domains: labelled.map(({ domain }) => domain) };
  const chunks = batchRows(labelled, batchTokens);
  const measured: MeasuredRows<AblatedRow, Measured> = {
    prefix: textPasses(model, adapter, chunks),
    summary,
    *passes(states) {
      // What a target writes is measured at a sample of the places where it fires.
      const records = createRecords(targets, (latent, isTarget) => new KeptPositions(latent, isTarget ? writePositions : 0, seed));
      const losses = yield* runUnchanged(model, adapter, chunks, records, states);
      return ablatedText(model, adapter, { chunks, losses, records, states, summary });
    },
  };
  yield* measureRows(adapter, targets, measured, options, ({ writes }) => ({ writes: tidy(() => writes.measure(model)) }));
}
