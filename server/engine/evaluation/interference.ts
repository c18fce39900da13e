import type { Estimate } from "@/lib/contract/study";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { labelTokensOf } from "@/server/engine/models/row-batches";
import { meanLoss } from "./compare-losses";
import { estimateOf } from "./estimate";
import { type EvaluationRow, type RowLoss, rowLosses } from "./row-losses";

/** Texts on which adapters are held against each other, such as those that one of them was made for. */
export type InterferenceTexts = { readonly name: string; readonly rows: readonly EvaluationRow[] };

/** An adapter alone, or several merged. */
export type InterferenceArm = { readonly name: string; readonly adapter: Trained };

export type InterferenceLine = {
  readonly texts: string;
  readonly arm: string;
  /** Cross-entropy, nats per label token. */
  readonly loss: number;
  /** The arm minus the base model, the mean over rows of each row's mean, paired. */
  readonly change: Estimate;
  /** Merged minus the arm, likewise: what the others do to it. Null of the base model and the merged adapter. */
  readonly merged: Estimate | null;
};

/**
 * The loss of each adapter on each set of texts, alone and with all merged.
 *
 * @param merged last of the lines of each set
 * @throws RangeError when no row of a set has a label token
 */
export function* interference(
  model: CausalModel,
  sets: readonly InterferenceTexts[],
  arms: readonly InterferenceArm[],
  merged: InterferenceArm,
): Generator<number | undefined, InterferenceLine[], void> {
  const lines: InterferenceLine[] = [];
  for (const { name, rows } of sets) {
    const labelled = rows.filter((row) => labelTokensOf(row) > 0);
    if (labelled.length === 0) throw new RangeError(`none of ${rows.length} rows of ${name} has a label token`);
    const base = yield* rowLosses(model, labelled, undefined);
    const together = yield* rowLosses(model, labelled, adapterHooks(merged.adapter));
    lines.push({ texts: name, arm: "base", loss: meanLoss(base), change: changeOf(base, base), merged: null });
    for (const { name: arm, adapter } of arms) {
      const own = yield* rowLosses(model, labelled, adapterHooks(adapter));
      lines.push({ texts: name, arm, loss: meanLoss(own), change: changeOf(own, base), merged: changeOf(together, own) });
    }
    lines.push({ texts: name, arm: merged.name, loss: meanLoss(together), change: changeOf(together, base), merged: null });
  }
  return lines;
}

function changeOf(after: readonly RowLoss[], before: readonly RowLoss[]): Estimate {
  return estimateOf(after.map(({ lossSum, labelTokens }, row) => (lossSum - (before[row]?.lossSum ?? Number.NaN)) / labelTokens));
}
