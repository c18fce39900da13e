import type { Concept } from "@/lib/contract/concept";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { MaximaOfPass } from "@/server/engine/concepts/detection";
import { type MaximaInput, readRowMaxima } from "@/server/engine/concepts/row-maxima";
import type { ConceptData } from "@/server/files/data/concept-rows";
import type { DataSet } from "@/server/files/data/data-set";
import type { DeviceTurns } from "@/server/runtime/device-turns";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import type { LoadedBase } from "@/server/runtime/models/load-base-model";
import type { ReadRow } from "@/server/runtime/rows/read-row";
import { takeTurns } from "@/server/runtime/take-turns";
import { layPasses } from "./collection-session";
import { planShards } from "./shard-plan";

/** Numbers of all rows of concepts, ascending. */
export function rowsOfConcepts(concepts: readonly Concept[]): Int32Array {
  const rows = concepts.flatMap(({ positives, negatives, hardNegatives }) => [...positives, ...negatives, ...hardNegatives]);
  return Int32Array.from(new Set(rows)).sort();
}

/**
 * The rows of concepts as the model reads them; a pair is written with its chat template where it has one.
 *
 * @throws Error for a model that reads images, FileError naming the row that cannot be read
 */
export async function readConceptRows(
  base: LoadedBase,
  dataSet: DataSet,
  { concepts, mapping }: ConceptData,
  { maxTokens, signal }: { readonly maxTokens: number; readonly signal: AbortSignal },
): Promise<ReadRow[]> {
  const kind = kindOfModel(base);
  if (kind.labelled === "images") throw new Error("detection reads texts, but the model reads images");
  const useChatTemplate = base.tokenizer !== null && base.tokenizer.chatTemplate !== null;
  const data = { kind: "dataSet", path: dataSet.path, mapping, useChatTemplate, domains: null, validationRows: 0 } as const;
  const longest = Math.min(maxTokens, kind.longestRow(base));
  return kind.rows(base).texts(dataSet, rowsOfConcepts(concepts), { data, maxTokens: longest, signal });
}

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
 * @param onProgress told how many rows are through
 * @throws Error when aborted
 */
export async function readConceptMaxima(
  { base, adapter, rows, batchRows, turns, signal }: ConceptPass,
  onProgress: (rows: number) => void = () => {},
): Promise<MaximaOfPass> {
  const plan = planShards(rows, { batchRows, shardTokens: Number.POSITIVE_INFINITY, countSpecialTokens: false }, base);
  const ordered = plan.shards.flatMap((shard) => shard.rows);
  const lay = kindOfModel(base).passes(base, adapter, ordered);
  const placeOf = new Map(ordered.map(({ row }, place) => [row, place]));
  const { isDense } = latentMethodOf(adapter);
  const shapes = new Map(adapter.modules.map(({ module, numLatents }) => [module, { numLatents, isSigned: isDense }]));
  function* inputs(): Generator<MaximaInput> {
    for (const shard of plan.shards.keys()) yield* layPasses(plan, shard, lay);
  }
  const maxima = await takeTurns(readRowMaxima(shapes, inputs(), placeOf), { turns, kind: "background", signal }, ({ rows }) =>
    onProgress(rows),
  );
  return { maxima, placeOf };
}
