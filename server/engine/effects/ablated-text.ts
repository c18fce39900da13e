import type { Adapter } from "@/server/engine/adapters/adapter";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { RowBatch } from "@/server/engine/models/row-batches";
import { fromValues } from "@/server/engine/tensor/create";
import { gatherRows } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type AblatedRow, reachesLabel, runAblated } from "./ablation-pass";
import { recordOf } from "./ablation-records";
import type { RowEffects, SummaryRows } from "./effect-summary";
import type { AblatedPasses } from "./group-measurement";
import { WritesCollector } from "./measured-writes";
import type { PrefixStates } from "./prefix-states";
import type { FiringPlace, KeptByModule } from "./unchanged-pass";

/** What ablations run over. */
export type MeasuredText = {
  readonly chunks: readonly RowBatch[];
  /** Unchanged losses, by chunk. */
  readonly losses: readonly Float32Array[];
  readonly records: KeptByModule;
  readonly states: PrefixStates;
  readonly summary: SummaryRows;
};

/** What one ablation changed. */
export type Measured = { readonly effects: RowEffects; readonly writes: WritesCollector };

/** Passes of a language model over text. */
export function ablatedText(
  model: CausalModel,
  adapter: Adapter,
  { chunks, losses, records, states, summary }: MeasuredText,
): AblatedPasses<AblatedRow, Measured> {
  return {
    chunkTokens: chunks.map(({ batch }) => batch.tokens),
    start(ablation) {
      const firings = new Int32Array(summary.labelTokens.length);
      const { keptRows } = recordOf(records, ablation);
      chunks.forEach(({ rows }, chunk) => {
        for (const { row, firings: count } of keptRows[chunk] ?? []) firings[rows[row] as number] = count;
      });
      return {
        effects: { deltas: new Float64Array(firings.length), firings },
        writes: new WritesCollector(model.config.dModel),
      };
    },
    rowsOf(ablations, chunk) {
      const batch = chunks[chunk]?.batch;
      if (batch === undefined) return [];
      return ablations.flatMap((ablation) => {
        const record = recordOf(records, ablation);
        const places = ablation.isTarget ? placesByRow(record.sample, chunk) : new Map<number, number[]>();
        return (record.keptRows[chunk] ?? [])
          .filter(({ row, first }) => reachesLabel(batch, row, first))
          .map(({ row, first }): AblatedRow => ({ ablation, row, first, places: places.get(row) ?? [] }));
      });
    },
    *run(own, { chunk, layer }, measuredOf) {
      const { batch, rows } = chunks[chunk] as RowBatch;
      const pass = { batch, losses: losses[chunk] as Float32Array, start: yield* states.startAt(chunk, layer) };
      const final = own.some(({ places }) => places.length > 0) ? yield* states.finalOf(chunk, layer) : undefined;
      const changes = yield* runAblated(model, adapter, pass, own, (one, ablated) => {
        const at = Int32Array.from(one.places, (position) => one.row * batch.tokens + position);
        const unchanged = gatherRows(final as Tensor, fromValues(at, [at.length]));
        measuredOf(one).writes.add(unchanged, ablated);
      });
      own.forEach((one, i) => {
        measuredOf(one).effects.deltas[rows[one.row] as number] = changes[i] as number;
      });
    },
  };
}

function placesByRow(sample: readonly FiringPlace[], chunk: number): Map<number, number[]> {
  const byRow = new Map<number, number[]>();
  for (const place of sample) {
    if (place.chunk === chunk) byRow.set(place.row, [...(byRow.get(place.row) ?? []), place.position]);
  }
  return byRow;
}
