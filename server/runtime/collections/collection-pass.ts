import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterForward, type ForwardInput, type ReadingModel } from "@/server/engine/features/adapter-forward";
import type { CollectionInput } from "@/server/engine/features/collect";
import type { KeptLatents } from "@/server/engine/features/kept-latents";
import { type CorpusRow, layTokenBatch } from "@/server/engine/features/token-batch";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { demandText, type ReadRow } from "@/server/runtime/rows/read-row";

/** A row with its domain's place in the collection's. */
export type PlacedRow = { readonly row: ReadRow; readonly domain: number };

/** Positions of some rows, and the pass that tells what every adapted module does at each. */
export type CollectionPass = CollectionInput & { forward(): InParts<ReadonlyMap<string, KeptLatents>> };

/** Lays rows as a pass. @param isCounted by a token's id */
export type LaysPass = (rows: readonly PlacedRow[], isCounted: (id: number) => boolean) => CollectionPass;

/** Passes over texts. */
export function tokenPasses(model: ReadingModel<ForwardInput["input"]>, adapter: Adapter, padId: number): LaysPass {
  const forward = adapterForward(model, adapter);
  return (rows, isCounted) => {
    const laid = layTokenBatch(rows.map(textOf), padId, isCounted);
    return { batch: laid.batch, forward: () => forward(laid) };
  };
}

function textOf({ row: placed, domain }: PlacedRow): CorpusRow {
  const { row, ids, tokenTypeIds } = demandText(placed);
  return { row, ids, tokenTypeIds, domain };
}
