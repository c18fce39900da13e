import type { Adapter } from "@/server/engine/adapters/adapter";
import { armHooks } from "@/server/engine/adapters/arms";
import { type CausalModel, type LabelledBatch, NO_LABEL, type PassStart } from "@/server/engine/models/causal-model";
import { fromValues } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { gatherRows } from "@/server/engine/tensor/layout";
import { tidyInParts } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Ablation, editOf } from "./ablation-plan";
import { type ChosenRow, layRows, startOfRows } from "./chosen-rows";

/** One row of a chunk with one latent taken out. */
export type AblatedRow = ChosenRow & {
  readonly ablation: Ablation;
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
    const from = startOfRows(start, tokens, rows);
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
