import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { MaximaOfPass } from "@/server/engine/concepts/detection";
import { type MaximaInput, readRowMaxima } from "@/server/engine/concepts/row-maxima";
import type { DeviceTurns } from "@/server/runtime/device-turns";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import type { LoadedBase } from "@/server/runtime/models/load-base-model";
import type { ReadRow } from "@/server/runtime/rows/read-row";
import { takeTurns } from "@/server/runtime/take-turns";
import { planShards } from "./shard-plan";

export type ConceptPass = {
  readonly base: LoadedBase;
  readonly adapter: Adapter;
  readonly rows: readonly ReadRow[];
  /** Rows of one forward pass. */
  readonly batchRows: number;
  readonly turns: DeviceTurns;
  readonly signal: AbortSignal;
};

/**
 * Each latent's highest activation in each row. Special tokens are left out, as in AxBench: the first token of a text alone would win many rows.
 *
 * @throws Error when aborted
 */
export async function readConceptMaxima({ base, adapter, rows, batchRows, turns, signal }: ConceptPass): Promise<MaximaOfPass> {
  const plan = planShards(rows, { batchRows, shardTokens: Number.POSITIVE_INFINITY, countSpecialTokens: false }, base);
  const ordered = plan.shards.flatMap((shard) => shard.rows);
  const lay = kindOfModel(base).passes(base, adapter, ordered);
  const placeOf = new Map(ordered.map(({ row }, place) => [row, place]));
  const { isDense } = latentMethodOf(adapter);
  const shapes = new Map(adapter.modules.map(({ module, numLatents }) => [module, { numLatents, isSigned: isDense }]));
  function* inputs(): Generator<MaximaInput> {
    for (let from = 0; from < ordered.length; from += batchRows) {
      const chosen = ordered.slice(from, from + batchRows);
      yield lay(
        chosen.map((row) => ({ row, domain: 0 })),
        plan.isCounted,
      );
    }
  }
  const maxima = await takeTurns(readRowMaxima(shapes, inputs(), placeOf), { turns, kind: "background", signal });
  return { maxima, placeOf };
}
