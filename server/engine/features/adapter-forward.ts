import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { free } from "@/server/engine/tensor/scope";
import type { KeptLatents } from "./accumulate";
import type { CollectionInput } from "./collect";

/** Rows as `layTokenBatch` lays them. */
export type ForwardInput = CollectionInput & {
  /** (rows · width) */
  attentionMask: Int32Array;
  width: number;
};

/**
 * The forward of a collection: one pass through the model up to the highest adapted block, giving every adapted module's kept latents, or
 * of LoRA all components.
 */
export function adapterForward(model: CausalModel, adapter: Adapter): (input: ForwardInput) => Map<string, KeptLatents> {
  const lastLayer = Math.max(...adapter.modules.map(({ layer }) => layer));
  let kept = new Map<string, KeptLatents>();
  const hooks = adapterHooks(adapter, {
    onActivations: ({ module }, { indices, values }) => kept.set(module, { indices, values }),
  });
  return ({ batch, attentionMask, width }) => {
    kept = new Map();
    const { final } = model.forward(
      { ids: batch.ids, rows: batch.ids.length / width, tokens: width, attentionMask },
      { hooks, lastLayer, padding: "unread" },
    );
    free(final);
    return kept;
  };
}
