import type { Adapter } from "@/server/engine/adapters/adapter";
import { armHooks } from "@/server/engine/adapters/arms";
import { type CausalModel, type LabelledBatch, NO_LABEL, type PassStart } from "@/server/engine/models/causal-model";
import { fromValues } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { gatherRows } from "@/server/engine/tensor/layout";
import { tidyInParts } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Ablation, editOf } from "./ablation-plan";

/** One row of a chunk with one latent taken out. */
export type AblatedRow = {
  readonly ablation: Ablation;
  /** Place in the chunk. */
  readonly row: number;
  /** The first position that the ablation may change. */
  readonly first: number;
  /** Positions whose final states are wanted. */
  readonly places: readonly number[];
};

/** What a pass over a chunk's rows starts from, and is compared with. */
export type ChunkPass = {
  readonly batch: LabelledBatch;
  /** (rows · tokens), NaN where there is no label */
  readonly losses: Float32Array;
  /** Unchanged states below the ablated layer; undefined at the bottom. */
  readonly start: PassStart | undefined;
};

/**
 * Runs rows of one chunk, each with its own ablation, in one pass that begins at the ablated layer.
 *
 * @param onStates called with the final states (places, dModel) of a row that wants some, within a scope of the pass
 * @returns by ablated row, the change of its summed loss in nats; labels that the ablation cannot reach are not computed
 */
export function* runAblated(
  model: CausalModel,
  adapter: Adapter,
  { batch, losses, start }: ChunkPass,
  rows: readonly AblatedRow[],
  onStates: (row: AblatedRow, states: Tensor) => void,
): InParts<Float64Array> {
  const { tokens } = batch;
  const own = layRows(batch, rows);
  const arms = rows.map(({ ablation }) => ({ adapter, edits: [editOf(ablation)] }));
  return yield* tidyInParts(function* () {
    const from = start === undefined ? undefined : { layer: start.layer, states: gatherPositions(start.states, rows, tokens) };
    const { final } = yield* model.inParts.forward(own, { hooks: armHooks(arms), padding: "unread", from });
    const ablated = yield* model.inParts.tokenLossesOf(final, own);
    rows.forEach((one, i) => {
      if (one.places.length === 0) return;
      const at = Int32Array.from(one.places, (position) => i * tokens + position);
      onStates(one, gatherRows(final, fromValues(at, [at.length])));
    });
    return Float64Array.from(rows, ({ row }, i) => {
      let change = 0;
      for (let position = 0; position < tokens; position++) {
        const loss = ablated[i * tokens + position] as number;
        if (!Number.isNaN(loss)) change += loss - (losses[row * tokens + position] as number);
      }
      return change;
    });
  });
}

/** Whether an ablation from position `first` on can change any loss of the row. */
export function reachesLabel({ tokens, labels }: LabelledBatch, row: number, first: number): boolean {
  return labels.subarray(row * tokens + first + 1, (row + 1) * tokens).some((label) => label !== NO_LABEL);
}

/** The rows' tokens, with the labels that their ablations can reach. */
function layRows({ ids, labels, attentionMask, tokens }: LabelledBatch, rows: readonly AblatedRow[]): LabelledBatch {
  const size = rows.length * tokens;
  const laid = { ids: new Int32Array(size), labels: new Int32Array(size).fill(NO_LABEL), attentionMask: new Int32Array(size).fill(1) };
  rows.forEach(({ row, first }, i) => {
    const [from, to] = [row * tokens, (row + 1) * tokens];
    laid.ids.set(ids.subarray(from, to), i * tokens);
    laid.labels.set(labels.subarray(from + first + 1, to), i * tokens + first + 1);
    if (attentionMask !== undefined) laid.attentionMask.set(attentionMask.subarray(from, to), i * tokens);
  });
  return { ...laid, rows: rows.length, tokens };
}

function gatherPositions(states: Tensor, rows: readonly AblatedRow[], tokens: number): Tensor {
  const at = new Int32Array(rows.length * tokens);
  rows.forEach(({ row }, i) => {
    for (let position = 0; position < tokens; position++) at[i * tokens + position] = row * tokens + position;
  });
  return gatherRows(states, fromValues(at, [at.length]));
}
