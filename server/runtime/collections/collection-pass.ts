import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterForward, type ForwardInput, type ReadingModel } from "@/server/engine/features/adapter-forward";
import type { CollectionInput } from "@/server/engine/features/collect";
import type { KeptLatents } from "@/server/engine/features/kept-latents";
import { type CorpusRow, layTokenBatch } from "@/server/engine/features/token-batch";
import type { Batch } from "@/server/engine/models/batch";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { imagesOf } from "@/server/engine/models/row-batches";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { demandText, type ReadRow } from "@/server/runtime/rows/read-row";

/** A row with the places of its domain and its class in the collection's: −1 where it has no class, absent where the collection has none. */
export type PlacedRow = { readonly row: ReadRow; readonly domain: number; readonly class?: number };

/** The forward that a pass makes with a model, and what it tells of each module. */
export type PassForward<Told> = <Input>(model: ReadingModel<Input>) => (given: ForwardInput<Input>) => InParts<ReadonlyMap<string, Told>>;

/** What every adapted module does at each position. */
export function adapterPass(adapter: Adapter): PassForward<KeptLatents> {
  return (model) => adapterForward(model, adapter);
}

/** Positions of some rows, and the pass over them. */
export type RowsPass<Told> = CollectionInput & { forward(): InParts<ReadonlyMap<string, Told>> };

/** Lays rows as a pass. @param isCounted by a token's id */
export type LaysPass<Told> = (rows: readonly PlacedRow[], isCounted: (id: number) => boolean) => RowsPass<Told>;

/** Passes over texts. */
export function tokenPasses<Told>(model: ReadingModel<ForwardInput["input"]>, forwardOf: PassForward<Told>, padId: number): LaysPass<Told> {
  const forward = forwardOf(model);
  return (rows, isCounted) => {
    const laid = layTokenBatch(rows.map(textOf), padId, isCounted);
    return { batch: laid.batch, forward: () => forward(laid) };
  };
}

/** Passes over texts whose rows may have images. */
export function promptPasses<Told>(model: CausalModel, forwardOf: PassForward<Told>, padId: number): LaysPass<Told> {
  const forward = forwardOf<Batch>(model);
  return (rows, isCounted) => {
    const laid = layTokenBatch(rows.map(textOf), padId, isCounted);
    const images = imagesOf(rows.map(({ row }) => [demandText(row)]));
    return { batch: laid.batch, forward: () => forward({ batch: laid.batch, input: { ...laid.input, ...images } }) };
  };
}

function textOf({ row: placed, domain }: PlacedRow): CorpusRow {
  const { row, ids, tokenTypeIds } = demandText(placed);
  return { row, ids, tokenTypeIds, domain };
}
