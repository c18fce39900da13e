import type { LatentRef } from "@/lib/contract/edit";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { batchRows } from "@/server/engine/models/row-batches";
import { free } from "@/server/engine/tensor/scope";
import type { StudyContext, StudyPrompt } from "./study-context";
import { PASS_TOKENS } from "./study-material";

/**
 * The latents that write most strongly somewhere on the prompts: by the largest |activation| · ‖D[:, i]‖ · scaling over all positions,
 * the strongest first; of equal ones those of earlier modules and lower indices. Latents that do not fire are left out. Yields
 * the prompts read after each pass.
 *
 * @returns at most `count` latents
 * @throws RangeError when there is no prompt, or one has no token or does not fit the model's context
 */
export function* strongestFiring(
  { model, adapter }: StudyContext,
  { prompts, count }: { readonly prompts: readonly StudyPrompt[]; readonly count: number },
): Generator<{ readonly done: number; readonly total: number; readonly result: null } | undefined, LatentRef[], void> {
  if (prompts.length === 0) throw new RangeError("there are no prompts to find firing latents on");
  const empty = prompts.findIndex(({ ids }) => ids.length === 0);
  if (empty >= 0) throw new RangeError(`prompt ${empty} has no token`);
  const largest = new Map(adapter.modules.map(({ module, numLatents }) => [module, new Float64Array(numLatents)]));
  const rows = prompts.map(({ ids }) => ({ ids: Int32Array.from(ids), labels: Int32Array.from(ids) }));
  let done = 0;
  for (const { batch } of batchRows(rows, PASS_TOKENS)) {
    const { attentionMask } = batch;
    const hooks = adapterHooks(adapter, {
      onActivations({ module }, { width, indices, values }) {
        const own = largest.get(module);
        if (own === undefined) return;
        indices.forEach((index, at) => {
          if (attentionMask?.[Math.floor(at / width)] === 0) return;
          own[index] = Math.max(own[index] as number, Math.abs(values[at] as number));
        });
      },
    });
    const lastLayer = adapter.modules.reduce((last, { layer }) => Math.max(last, layer), 0);
    free((yield* model.inParts.forward(batch, { hooks, padding: "unread", lastLayer })).final);
    done += batch.rows;
    yield { done, total: prompts.length, result: null };
  }
  const norms = adapter.decoderNorms();
  return adapter.modules
    .flatMap(({ module, scaling }) =>
      Array.from(largest.get(module) ?? [], (activation, index) => ({
        latent: { module, index },
        strength: activation * (norms.get(module)?.[index] ?? 0) * Math.abs(scaling),
      })),
    )
    .filter(({ strength }) => strength > 0)
    .sort((a, b) => b.strength - a.strength)
    .slice(0, count)
    .map(({ latent }) => latent);
}
