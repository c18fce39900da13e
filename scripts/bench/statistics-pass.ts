import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { adapterForward, type ForwardInput } from "@/server/engine/features/adapter-forward";
import { collectActivations } from "@/server/engine/features/collect";
import type { CollectionStatistics } from "@/server/engine/features/collection-statistics";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { free } from "@/server/engine/tensor/scope";

/** A pass with every statistic, added to `statistics`; no row may come twice. */
export function fullPass(statistics: CollectionStatistics, model: CausalModel, adapter: Adapter): (input: ForwardInput) => void {
  const forward = adapterForward(model, adapter);
  return (input) => {
    for (const _ of collectActivations(statistics, [input], forward, { maxTokens: Number.POSITIVE_INFINITY }));
  };
}

/** A pass that counts how often each latent of every module fires, and nothing else. */
export function countingPass(model: CausalModel, adapter: Adapter): (input: ForwardInput) => void {
  const counts = new Map(adapter.modules.map(({ module, numLatents }) => [module, new Uint32Array(numLatents)]));
  const lastLayer = Math.max(...adapter.modules.map(({ layer }) => layer));
  const hooks = adapterHooks(adapter, {
    onActivations({ module }, { indices, values }) {
      const ofModule = counts.get(module);
      if (ofModule === undefined) return;
      for (let at = 0; at < indices.length; at++) {
        const latent = indices[at] as number;
        if (values[at] !== 0) ofModule[latent] = (ofModule[latent] as number) + 1;
      }
    },
  });
  return ({ input }) => {
    const { final } = model.forward(input, { hooks, lastLayer, padding: "unread" });
    free(final);
  };
}
