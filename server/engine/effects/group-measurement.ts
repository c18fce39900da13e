import type { InParts } from "@/server/engine/tensor/in-parts";
import { type Ablation, type AblationGroup, ablationKey } from "./ablation-plan";
import { type ControlEffect, type RowEffects, type SummaryRows, summariseControl } from "./effect-summary";

/** A row of a chunk with one latent taken out. */
export type WithAblation = { readonly ablation: Ablation };

/** Passes over rows in chunks, each row with one latent taken out. */
export type AblatedPasses<Row extends WithAblation, Measured> = {
  /** Tokens of a row of each chunk, padding counted. */
  readonly chunkTokens: readonly number[];
  /** What is kept of an ablation. */
  start(ablation: Ablation): Measured;
  /** The rows of a chunk that each ablation can change. */
  rowsOf(ablations: readonly Ablation[], chunk: number): Row[];
  /** Runs rows of a chunk from a layer on, in one pass, and adds what changed to what is kept of each row's ablation. */
  run(rows: readonly Row[], place: { readonly chunk: number; readonly layer: number }, measuredOf: (row: Row) => Measured): InParts<void>;
};

/** Runs the passes of one group of ablations after another. It holds a group's row by row until the next, and a line of every one. */
export class GroupMeasurement<Row extends WithAblation, Measured extends { readonly effects: RowEffects }> {
  private readonly passes: AblatedPasses<Row, Measured>;
  private readonly summary: SummaryRows;
  private readonly batchTokens: number;
  private measured = new Map<string, Measured>();
  private readonly lines = new Map<string, ControlEffect>();

  /** @param batchTokens most tokens of a pass, padding counted */
  constructor(passes: AblatedPasses<Row, Measured>, summary: SummaryRows, batchTokens: number) {
    this.passes = passes;
    this.summary = summary;
    this.batchTokens = batchTokens;
  }

  /** Rows that a group runs, once for each ablation. */
  sizeOf({ ablations }: AblationGroup): number {
    const { chunkTokens } = this.passes;
    return chunkTokens.reduce((sum, _, chunk) => sum + this.passes.rowsOf(ablations, chunk).length, 0);
  }

  /** Yields the rows that went through each pass, and nothing between its parts. */
  *measure({ layer, ablations }: AblationGroup): Generator<number | undefined, void, void> {
    this.measured = new Map(ablations.map((ablation) => [ablationKey(ablation), this.passes.start(ablation)]));
    for (const [chunk, tokens] of this.passes.chunkTokens.entries()) {
      const all = this.passes.rowsOf(ablations, chunk);
      const atOnce = Math.max(1, Math.floor(this.batchTokens / tokens));
      for (let from = 0; from < all.length; from += atOnce) {
        const own = all.slice(from, from + atOnce);
        yield* this.passes.run(own, { chunk, layer }, ({ ablation }) => this.of(ablationKey(ablation)));
        yield own.length;
      }
    }
    for (const [key, { effects }] of this.measured) this.lines.set(key, summariseControl(this.summary, effects));
  }

  /** Of an ablation of the group that was measured last. */
  of(key: string): Measured {
    const own = this.measured.get(key);
    if (own === undefined) throw new Error(`${key} is not of this group`);
    return own;
  }

  /** Of any ablation measured so far. */
  lineOf(key: string): ControlEffect {
    const line = this.lines.get(key);
    if (line === undefined) throw new Error(`${key} was not measured`);
    return line;
  }
}
