import type { Edit, LatentRef } from "@/lib/contract/edit";
import { type Arm, adapterHooks } from "@/server/engine/adapters/arms";
import type { Batch } from "@/server/engine/models/batch";
import type { ForwardOptions, PassStart } from "@/server/engine/models/causal-model";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { free, keep } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { StudyContext, Work } from "./study-context";

/** A latent's activations in one batch, (rows · tokens): NaN where it is not kept. */
export type BatchActivations = Float32Array;

/**
 * The unchanged arm over batches of text: the states that enter a layer, from which passes begin that differ only from there on,
 * and what latents do. States of one layer are held where all of them fit into `stateBytes`; else passes begin at the bottom.
 */
export class UnchangedStates {
  readonly batches: readonly Batch[];
  private readonly context: StudyContext;
  private readonly edits: readonly Edit[];
  private readonly isHeld: boolean;
  private readonly starts = new Map<number, PassStart>();

  /** @param edits those that are always on */
  constructor(context: StudyContext, edits: readonly Edit[], batches: readonly Batch[], stateBytes: number) {
    this.context = context;
    this.edits = edits;
    this.batches = batches;
    this.isHeld = 4 * context.model.config.dModel * positionsOf(batches) <= stateBytes;
  }

  /** Computes what enters a layer, not below the one that it was called for before. Yields between the parts of its passes. */
  *advanceTo(layer: number): Work<void> {
    if (!this.isHeld || layer <= 0) return;
    for (const place of this.batches.keys()) {
      const known = this.starts.get(place);
      if (known?.layer === layer) continue;
      const { final } = yield* this.forward(place, { from: known, lastLayer: layer - 1 });
      this.starts.set(place, { layer, states: keep(final) });
      free(known?.states);
    }
  }

  /** Where passes over a batch begin; undefined at the bottom. */
  startAt(batch: number): PassStart | undefined {
    return this.starts.get(batch);
  }

  /** Final states (rows · tokens, dModel) of a batch; the caller frees them. */
  *finalOf(batch: number): InParts<Tensor> {
    return (yield* this.forward(batch, { from: this.startAt(batch) })).final;
  }

  /**
   * What latents of one layer's modules do in a batch, after the edits that are always on.
   *
   * @returns by latent, in the order given
   */
  *activationsOf(batch: number, layer: number, latents: readonly LatentRef[]): InParts<BatchActivations[]> {
    const { rows, tokens } = this.batch(batch);
    const read = latents.map(() => new Float32Array(rows * tokens).fill(Number.NaN));
    const byModule = new Map<string, Map<number, BatchActivations>>();
    latents.forEach(({ module, index }, place) => {
      const own = byModule.get(module) ?? new Map<number, BatchActivations>();
      byModule.set(module, own.set(index, own.get(index) ?? (read[place] as BatchActivations)));
    });
    const onActivations: Arm["onActivations"] = ({ module }, { width, indices, values }) => {
      const own = byModule.get(module);
      if (own === undefined) return;
      const keepsZeros = this.context.adapter.keepsZeros(module);
      indices.forEach((index, at) => {
        const activations = own.get(index);
        if (activations !== undefined && (keepsZeros || values[at] !== 0)) activations[Math.floor(at / width)] = values[at] as number;
      });
    };
    const taps = { onActivations, tappedModules: new Set(byModule.keys()) };
    free((yield* this.forward(batch, { from: this.startAt(batch), lastLayer: layer }, taps)).final);
    return latents.map(({ module, index }) => byModule.get(module)?.get(index) as BatchActivations);
  }

  free(): void {
    for (const { states } of this.starts.values()) free(states);
    this.starts.clear();
  }

  private forward(batch: number, options: ForwardOptions, taps: Partial<Arm> = {}) {
    const { model, adapter, isSpecial } = this.context;
    const hooks = adapterHooks(adapter, { edits: this.edits, isSpecial, ...taps });
    return model.inParts.forward(this.batch(batch), { ...options, hooks, padding: "unread" });
  }

  private batch(place: number): Batch {
    const own = this.batches[place];
    if (own === undefined) throw new RangeError(`batch ${place} is not in 0…${this.batches.length - 1}`);
    return own;
  }
}

export function positionsOf(batches: readonly Batch[]): number {
  return batches.reduce((sum, { rows, tokens }) => sum + rows * tokens, 0);
}
