import { adapterHooks } from "@/server/engine/adapters/arms";
import { type RowLoss, rowLosses } from "@/server/engine/evaluation/row-losses";
import type { LabelledRow } from "@/server/engine/models/row-batches";
import { byPiece, type Work } from "@/server/engine/studies/study-context";
import type { BenchmarkContext } from "./benchmark-context";
import type { ItemReadings } from "./benchmark-material";

/** Most tokens of a pass, padding counted. */
const PASS_TOKENS = 1024;

/** The engine's own `rowLosses` in the arm. @throws RangeError when a loss is not a finite number */
export function* lossesOf({ model, adapter, arm }: BenchmarkContext, rows: readonly LabelledRow[]): Work<RowLoss[]> {
  const pass = rowLosses(model, rows, arm === "on" ? adapterHooks(adapter) : undefined, PASS_TOKENS);
  const losses = yield* byPiece(pass);
  const odd = losses.findIndex(({ lossSum }) => !Number.isFinite(lossSum));
  if (odd >= 0) throw new RangeError(`row ${odd}: the loss is ${losses[odd]?.lossSum}, not a finite number`);
  return losses;
}

/** Readings of all rows from the losses of those that are not left out. */
export function scatterLosses(rows: number, places: readonly number[], losses: readonly RowLoss[]): ItemReadings {
  const [lossSums, labelTokens] = [new Float64Array(rows), new Int32Array(rows)];
  places.forEach((place, i) => {
    lossSums[place] = losses[i]?.lossSum ?? 0;
    labelTokens[place] = losses[i]?.labelTokens ?? 0;
  });
  return { lossSums, labelTokens, answers: null };
}
