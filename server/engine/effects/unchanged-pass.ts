import type { LatentRef } from "@/lib/contract/edit";
import { Random } from "@/lib/numbers/random";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { HostActivations } from "@/server/engine/methods/activations";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { NO_LABEL } from "@/server/engine/models/causal-model";
import type { RowBatch } from "@/server/engine/models/row-batches";
import { free } from "@/server/engine/tensor/scope";
import type { Records } from "./ablation-records";
import { type PrefixStates, textOf } from "./prefix-states";

/** A row of a chunk in which a latent is kept. */
export type KeptRow = {
  /** Place in the chunk. */
  readonly row: number;
  /** The first position where it is kept; nothing before it can change when it is taken out. */
  readonly first: number;
  /** Positions where its activation is not 0. */
  readonly firings: number;
};

/** A position whose prediction carries loss and at which a latent fires. */
export type FiringPlace = { readonly chunk: number; readonly row: number; readonly position: number };

/** Where a latent is kept in the text, by chunk. */
export class KeptPositions {
  readonly latent: LatentRef;
  /** By chunk, in the order of rows. */
  readonly keptRows: KeptRow[][] = [];
  /** A uniform sample of the places where it fires and its firing is followed by a label token. */
  readonly sample: FiringPlace[] = [];
  private readonly sampleSize: number;
  private readonly random: Random;
  private seen = 0;

  constructor(latent: LatentRef, sampleSize: number, seed: number) {
    this.latent = latent;
    this.sampleSize = sampleSize;
    this.random = new Random(seed);
  }

  /** Offers a place to the sample (Vitter's algorithm R). */
  offer(place: FiringPlace): void {
    this.seen++;
    if (this.sample.length < this.sampleSize) this.sample.push(place);
    else if (this.sampleSize > 0) {
      const slot = this.random.nextBelow(this.seen);
      if (slot < this.sampleSize) this.sample[slot] = place;
    }
  }
}

/** By module and index. */
export type KeptByModule = Records<KeptPositions>;

/**
 * Runs the unedited adapter over the text: the losses that ablations are compared with, and where each watched latent is kept.
 * Yields the rows that are through after each chunk.
 *
 * @returns by chunk, the loss at each label's own place, NaN elsewhere
 */
export function* runUnchanged(
  model: CausalModel,
  adapter: Adapter,
  chunks: readonly RowBatch[],
  records: KeptByModule,
  states: PrefixStates,
): Generator<number | undefined, Float32Array[], void> {
  const losses: Float32Array[] = [];
  let rows = 0;
  for (const [chunk, { batch }] of chunks.entries()) {
    const hooks = adapterHooks(adapter, {
      onActivations: ({ module, numLatents }, activations) => {
        const own = records.get(module);
        if (own !== undefined) recordPass(own, { numLatents, keepsZeros: adapter.keepsZeros(module) }, chunk, batch, activations);
      },
    });
    const { final } = yield* model.inParts.forward(textOf(batch), { hooks, padding: "unread" });
    let isHeld = false;
    try {
      losses.push(yield* model.inParts.tokenLossesOf(final, batch));
      isHeld = states.holdFinal(chunk, final);
    } finally {
      if (!isHeld) free(final);
    }
    rows += batch.rows;
    yield rows;
  }
  return losses;
}

function recordPass(
  records: ReadonlyMap<number, KeptPositions>,
  { numLatents, keepsZeros }: { readonly numLatents: number; readonly keepsZeros: boolean },
  chunk: number,
  { rows, tokens, attentionMask, labels }: RowBatch["batch"],
  { width, indices, values }: HostActivations,
): void {
  const open = new Array<{ record: KeptPositions; first: number; firings: number } | undefined>(numLatents).fill(undefined);
  for (const [index, record] of records) {
    record.keptRows[chunk] = [];
    open[index] = { record, first: -1, firings: 0 };
  }
  for (let row = 0; row < rows; row++) {
    for (let position = 0; position < tokens; position++) {
      const at = row * tokens + position;
      if (attentionMask?.[at] === 0) break;
      for (let entry = at * width; entry < (at + 1) * width; entry++) {
        const one = open[indices[entry] as number];
        if (one === undefined || (values[entry] === 0 && !keepsZeros)) continue;
        if (one.first < 0) one.first = position;
        if (values[entry] === 0) continue;
        one.firings++;
        if (position + 1 < tokens && labels[at + 1] !== NO_LABEL) one.record.offer({ chunk, row, position });
      }
    }
    for (const index of records.keys()) {
      const one = open[index];
      if (one === undefined || one.first < 0) continue;
      one.record.keptRows[chunk]?.push({ row, first: one.first, firings: one.firings });
      one.first = -1;
      one.firings = 0;
    }
  }
}
