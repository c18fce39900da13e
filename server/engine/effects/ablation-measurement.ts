import type { Adapter } from "@/server/engine/adapters/adapter";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { RowBatch } from "@/server/engine/models/row-batches";
import { fromValues } from "@/server/engine/tensor/create";
import { gatherRows } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type AblatedRow, reachesLabel, runAblated } from "./ablation-pass";
import { type Ablation, type AblationGroup, ablationKey } from "./ablation-plan";
import type { ControlEffect, RowEffects, SummaryRows } from "./effect-summary";
import { MeasuredGroup } from "./measured-group";
import { type MeasuredWrites, WritesCollector } from "./measured-writes";
import type { PrefixStates } from "./prefix-states";
import type { FiringPlace, KeptByModule, KeptPositions } from "./unchanged-pass";

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
type Measured = { readonly effects: RowEffects; readonly writes: WritesCollector };

/** Runs the passes of one group of ablations after another. It holds a group's row by row until the next, and a line of every one. */
export class AblationMeasurement {
  private readonly model: CausalModel;
  private readonly adapter: Adapter;
  private readonly text: MeasuredText;
  private readonly batchTokens: number;
  private readonly group: MeasuredGroup<Measured>;

  constructor(model: CausalModel, adapter: Adapter, text: MeasuredText, batchTokens: number) {
    this.model = model;
    this.adapter = adapter;
    this.text = text;
    this.batchTokens = batchTokens;
    this.group = new MeasuredGroup(text.summary);
  }

  /** Rows that a group runs, once for each ablation. */
  sizeOf({ ablations }: AblationGroup): number {
    return this.text.chunks.reduce((sum, _, chunk) => sum + this.ablatedRows(ablations, chunk).length, 0);
  }

  /** Yields the rows that went through each pass, and nothing between its parts. */
  *measure({ layer, ablations }: AblationGroup): Generator<number | undefined, void, void> {
    const { chunks, states, losses } = this.text;
    this.group.begin(ablations, (ablation) => this.start(ablation));
    for (const [chunk, { batch, rows }] of chunks.entries()) {
      const all = this.ablatedRows(ablations, chunk);
      const atOnce = Math.max(1, Math.floor(this.batchTokens / batch.tokens));
      for (let from = 0; from < all.length; from += atOnce) {
        const own = all.slice(from, from + atOnce);
        const pass = { batch, losses: losses[chunk] as Float32Array, start: yield* states.startAt(chunk, layer) };
        const final = own.some(({ places }) => places.length > 0) ? yield* states.finalOf(chunk, layer) : undefined;
        const changes = yield* runAblated(this.model, this.adapter, pass, own, (one, ablated) => {
          const at = Int32Array.from(one.places, (position) => one.row * batch.tokens + position);
          const unchanged = gatherRows(final as Tensor, fromValues(at, [at.length]));
          this.group.of(ablationKey(one.ablation)).writes.add(unchanged, ablated);
        });
        own.forEach(({ ablation, row }, i) => {
          this.group.of(ablationKey(ablation)).effects.deltas[rows[row] as number] = changes[i] as number;
        });
        yield own.length;
      }
    }
    this.group.end();
  }

  /** Of an ablation of the group that was measured last. */
  effectsOf(key: string): RowEffects {
    return this.group.of(key).effects;
  }

  /** Of a target of the group that was measured last. */
  writesOf(key: string): MeasuredWrites | null {
    return tidy(() => this.group.of(key).writes.measure(this.model));
  }

  /** Of any ablation measured so far. */
  lineOf(key: string): ControlEffect {
    return this.group.lineOf(key);
  }

  private start(ablation: Ablation): Measured {
    const { chunks, summary } = this.text;
    const firings = new Int32Array(summary.labelTokens.length);
    const { keptRows } = this.recordOf(ablation);
    chunks.forEach(({ rows }, chunk) => {
      for (const { row, firings: count } of keptRows[chunk] ?? []) firings[rows[row] as number] = count;
    });
    return {
      effects: { deltas: new Float64Array(firings.length), firings },
      writes: new WritesCollector(this.model.config.dModel),
    };
  }

  private ablatedRows(ablations: readonly Ablation[], chunk: number): AblatedRow[] {
    const batch = this.text.chunks[chunk]?.batch;
    if (batch === undefined) return [];
    return ablations.flatMap((ablation) => {
      const record = this.recordOf(ablation);
      const places = ablation.isTarget ? placesByRow(record.sample, chunk) : new Map<number, number[]>();
      return (record.keptRows[chunk] ?? [])
        .filter(({ row, first }) => reachesLabel(batch, row, first))
        .map(({ row, first }): AblatedRow => ({ ablation, row, first, places: places.get(row) ?? [] }));
    });
  }

  private recordOf({ latent }: Ablation): KeptPositions {
    const record = this.text.records.get(latent.module)?.get(latent.index);
    if (record === undefined) throw new Error(`latent ${latent.index} of ${latent.module} was not recorded`);
    return record;
  }
}

function placesByRow(sample: readonly FiringPlace[], chunk: number): Map<number, number[]> {
  const byRow = new Map<number, number[]>();
  for (const place of sample) {
    if (place.chunk === chunk) byRow.set(place.row, [...(byRow.get(place.row) ?? []), place.position]);
  }
  return byRow;
}
