import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import { type RowLoss, rowLosses } from "@/server/engine/evaluation/row-losses";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { Turns } from "@/server/runtime/device-turns";
import type { TokenRow } from "@/server/runtime/rows/token-row";
import { takeTurns } from "@/server/runtime/take-turns";
import type { HeldOutReadings } from "@/server/runtime/training/held-out-evaluation";

type Options = {
  readonly model: CausalModel;
  readonly trained: Trained;
  readonly rows: readonly TokenRow[];
  readonly batchRows: number;
  readonly turns: Turns;
};

/** Reads held-out rows with what is trained, beside the base model, whose losses are computed once. */
export function textReadings({ model, trained, rows, batchRows, turns }: Options) {
  const batchTokens = batchRows * rows.reduce((longest, { ids }) => Math.max(longest, ids.length), 1);
  const losses = (hooks: ProjectionHooks | undefined, signal: AbortSignal) =>
    takeTurns(rowLosses(model, rows, hooks, batchTokens), { turns, kind: "background", signal });
  let reference: readonly RowLoss[] | undefined;
  return async (signal: AbortSignal): Promise<HeldOutReadings> => {
    reference ??= await losses(undefined, signal);
    return { trained: await losses(adapterHooks(trained), signal), reference };
  };
}
