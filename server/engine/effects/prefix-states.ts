import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Batch } from "@/server/engine/models/batch";
import type { CausalModel, PassStart } from "@/server/engine/models/causal-model";
import type { RowBatch } from "@/server/engine/models/row-batches";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { free, keep } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** The passes of an unedited adapter that states come from, over a text in chunks. */
export type PrefixPasses = {
  /** Positions of all chunks, padding counted. */
  readonly positions: number;
  readonly dModel: number;
  /**
   * Runs a chunk from what enters a block, from its tokens where `from` is undefined, through the block of `lastLayer`, without one to its end.
   *
   * @returns (rows · tokens, dModel)
   */
  run(chunk: number, part: PassPart): InParts<Tensor>;
};

type PassPart = { readonly from: PassStart | undefined; readonly lastLayer?: number | undefined };

/**
 * Hidden states of a text under the unedited adapter, chunk by chunk: what enters a given block, and what leaves the last norm.
 * Held from layer to layer where they fit into `stateBytes`, so that each block is computed once; else computed when asked for,
 * and the latest chunk's alone held. Layers are requested in ascending order.
 */
export class PrefixStates {
  /** Whether all chunks' states are held. */
  readonly isHeld: boolean;
  private readonly passes: PrefixPasses;
  private readonly starts = new Map<number, PassStart>();
  private readonly finals = new Map<number, Tensor>();

  constructor(passes: PrefixPasses, stateBytes: number) {
    this.passes = passes;
    this.isHeld = 2 * 4 * passes.positions * passes.dModel <= stateBytes;
  }

  /** Takes over a chunk's final states, where they are held. */
  holdFinal(chunk: number, final: Tensor): boolean {
    if (this.isHeld) this.finals.set(chunk, keep(final));
    return this.isHeld;
  }

  /**
   * Where a pass over the chunk begins that is unchanged below `layer`; undefined at the bottom, and for the layers below 0 that read images. Valid
   * until another is requested.
   */
  *startAt(chunk: number, layer: number): InParts<PassStart | undefined> {
    this.keepOnly(chunk);
    if (layer <= 0) return undefined;
    const known = this.starts.get(chunk);
    if (known?.layer === layer) return known;
    const from = known !== undefined && known.layer < layer ? known : undefined;
    const start: PassStart = { layer, states: keep(yield* this.passes.run(chunk, { from, lastLayer: layer - 1 })) };
    free(known?.states);
    this.starts.set(chunk, start);
    return start;
  }

  /** The chunk's final states (rows · tokens, dModel), unchanged; valid until another chunk's are requested. */
  *finalOf(chunk: number, layer: number): InParts<Tensor> {
    const known = this.finals.get(chunk);
    if (known !== undefined) return known;
    const final = keep(yield* this.passes.run(chunk, { from: yield* this.startAt(chunk, layer) }));
    this.finals.set(chunk, final);
    return final;
  }

  free(): void {
    for (const { states } of this.starts.values()) free(states);
    for (const final of this.finals.values()) free(final);
    this.starts.clear();
    this.finals.clear();
  }

  private keepOnly(chunk: number): void {
    if (this.isHeld) return;
    for (const [other, { states }] of this.starts) {
      if (other === chunk) continue;
      free(states);
      this.starts.delete(other);
    }
    for (const [other, final] of this.finals) {
      if (other === chunk) continue;
      free(final);
      this.finals.delete(other);
    }
  }
}

/** Passes of a model that continues text. */
export function textPasses(model: CausalModel, adapter: Adapter, chunks: readonly RowBatch[]): PrefixPasses {
  const hooks = adapterHooks(adapter);
  return chunkPasses(chunks, model.config, (batch, part) => model.inParts.forward(textOf(batch), { hooks, padding: "unread", ...part }));
}

/** Passes over chunks of rows. @param forward the model's pass under the unedited adapter */
export function chunkPasses<Laid extends Pick<Batch, "rows" | "tokens">>(
  chunks: readonly { readonly batch: Laid }[],
  { dModel }: { readonly dModel: number },
  forward: (batch: Laid, part: PassPart) => InParts<{ readonly final: Tensor }>,
): PrefixPasses {
  return {
    positions: chunks.reduce((sum, { batch }) => sum + batch.rows * batch.tokens, 0),
    dModel,
    *run(chunk, part) {
      const own = chunks[chunk];
      if (own === undefined) throw new RangeError(`chunk ${chunk} is not in 0…${chunks.length - 1}`);
      return (yield* forward(own.batch, part)).final;
    },
  };
}

/** A labelled batch as a forward pass takes it. */
export function textOf({ ids, rows, tokens, attentionMask, images, imageCounts }: Batch): Batch {
  return { ids, rows, tokens, attentionMask, images, imageCounts };
}
