import type { HookPass } from "@/server/engine/models/projection-hook";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { adaptRun } from "./adapt-run";
import { type PreparedArm, prepareArm } from "./arm-runs";
import { ConditionReadings } from "./condition-readings";

/**
 * One module's output for the embeddings of relative positions, which all rows of a pass share. They are no tokens: no edit of a latent reaches
 * them. They run as trained, or, where the module is switched off at every token, as the base model has them.
 *
 * @param arms of all rows of the pass
 * @throws RangeError when rows want them differently, with and without the adapter or with two of them
 */
export function adaptPositions(module: string, x: Tensor, base: Tensor, pass: HookPass, arms: readonly PreparedArm[]): Tensor {
  const wanted = [...new Set(arms.map((arm) => (isOffThroughout(arm, module) ? undefined : arm.adapter)))];
  if (wanted.length > 1) {
    throw new RangeError(
      `rows of one pass share the relative positions that ${module} reads: arms with and without its update need separate passes`,
    );
  }
  const adapter = wanted[0];
  const attached = adapter?.at(module);
  if (adapter === undefined || attached === undefined) return base;
  const run = { from: 0, to: pass.rows, adapter, arms: Array.from({ length: pass.rows }, () => prepareArm({ adapter })) };
  return adaptRun(attached, x, base, pass, run, new ConditionReadings());
}

/** Whether no token that an encoder reads has the module's update; of its tokens, all are prompt. */
function isOffThroughout({ editsByModule }: PreparedArm, module: string): boolean {
  const off = editsByModule.get(module)?.off ?? [];
  return off.some(
    ({ scope, skipsSpecialTokens, onlyIf }) => (scope === "all" || scope === "prompt") && !skipsSpecialTokens && onlyIf === undefined,
  );
}
