import type { FullWeights } from "@/server/engine/methods/full/full-weights";
import type { HookPass } from "@/server/engine/models/projection-hook";
import { concat, slice } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { PreparedArm } from "./arm-runs";

type Own = { readonly weights: FullWeights | undefined; readonly from: number; to: number };

/**
 * One module's output before any adapter: of rows whose weights were trained whole by those, of the others by the base model's. Neighbouring rows with
 * the same weights are computed together.
 *
 * @param arms one a row of the pass
 * @returns (tokens, dOut); `base` itself where no row has weights of its own in the module
 * @throws RangeError when rows that share relative positions have different weights
 */
export function ownWeights(module: string, x: Tensor, base: Tensor, pass: HookPass, arms: readonly PreparedArm[]): Tensor {
  const runs = runsOf(arms);
  const [first] = runs;
  if (pass.reads === "relativePositions" || runs.length === 1) {
    if (runs.length > 1) {
      throw new RangeError(
        `rows of one pass share the relative positions that ${module} reads: arms with their own weights need separate passes`,
      );
    }
    return first?.weights?.project(module, x, pass) ?? base;
  }
  const rowsOf = (tensor: Tensor, { from, to }: Own) =>
    slice(tensor, [from * pass.tokens, 0], [(to - from) * pass.tokens, tensor.shape[1] ?? 0]);
  return concat(
    runs.map((run) => run.weights?.project(module, rowsOf(x, run), pass) ?? rowsOf(base, run)),
    0,
  );
}

function runsOf(arms: readonly PreparedArm[]): Own[] {
  const runs: Own[] = [];
  arms.forEach(({ weights }, row) => {
    const last = runs.at(-1);
    if (last !== undefined && last.weights === weights) last.to++;
    else runs.push({ weights, from: row, to: row + 1 });
  });
  return runs;
}
