import type { Adapter } from "@/server/engine/adapters/adapter";
import type { CausalModel, LabelledBatch } from "@/server/engine/models/causal-model";
import { attributeLatents } from "./attribution";

/**
 * Integrated gradients (Sundararajan et al. 2017) along the path from the base model to the adapter, on which the whole update grows from 0 to 1: what
 * each latent takes from the summed loss, in nats, by module. Over all latents it adds up to the loss of the base model minus that of the adapter, but for
 * the midpoint rule's error and, with TopK, the jumps of the loss where the selection changes along the path. The gradient at the adapter alone says little of it: where training has converged, it is 0 for every latent. Of DoRA the
 * rescaling of W0 is on along the whole path. Yields the rows that are through, each as often as there are midpoints.
 *
 * @param midpoints of equal parts of the path
 */
export function* integratedAttribution(
  model: CausalModel,
  adapter: Adapter,
  batches: readonly LabelledBatch[],
  midpoints: number,
): Generator<number | undefined, ReadonlyMap<string, Float64Array>, void> {
  const sums = new Map(adapter.modules.map(({ module, numLatents }) => [module, new Float64Array(numLatents)]));
  let before = 0;
  for (let part = 0; part < midpoints; part++) {
    const work = attributeLatents(model, adapter, batches, (part + 0.5) / midpoints);
    let step = work.next();
    for (; step.done !== true; step = work.next()) yield step.value && before + step.value.rows;
    for (const [module, { sum }] of step.value) {
      const own = sums.get(module);
      own?.forEach((value, latent) => {
        own[latent] = value + (sum[latent] as number) / midpoints;
      });
    }
    before += batches.reduce((rows, batch) => rows + batch.rows, 0);
  }
  return sums;
}
