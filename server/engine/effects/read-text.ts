import type { Adapter } from "@/server/engine/adapters/adapter";
import type { AdapterModule } from "@/server/engine/methods/adapter-module";
import type { CausalModel, LabelledBatch } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { free } from "@/server/engine/tensor/scope";
import { type ObservedLatents, observingHooks, sharesOf } from "./observing-hooks";

/** What one module's latents do on a text; all arrays (tokens · width). */
export type ModuleReading = ObservedLatents & {
  readonly module: AdapterModule;
  /** ⟨c, Δ⟩ / ‖Δ‖² at the token: adds up to 1 over a token's entries, or is 0 where the module's update is 0. */
  readonly outputShares: Float32Array;
  /** −a·∂L/∂a in nats, L the sum of the text's own next-token losses; undefined unless asked for. */
  readonly attributions: Float32Array | undefined;
};

export type TextReading = {
  /** Cross-entropy of each token given those before it, nats; NaN for the first. */
  readonly losses: Float32Array;
  /** In the adapter's order. */
  readonly modules: readonly ModuleReading[];
};

/**
 * Reads one text through the adapted model: one forward pass, with attribution also one backward pass.
 *
 * @throws RangeError when the text is empty, or longer than the model's context
 */
export function readText(
  model: CausalModel,
  adapter: Adapter,
  ids: Int32Array,
  { attribution }: { readonly attribution: boolean },
): TextReading {
  const batch: LabelledBatch = { ids, labels: ids, rows: 1, tokens: ids.length };
  const { hooks, readingOf } = observeText(adapter);
  const isPredicted = ids.length > 1;
  const losses = attribution && isPredicted ? model.lossAndGradients(batch, hooks, 1).tokenLosses : lossesOf(model, batch, hooks);
  const modules = adapter.modules.map((module): ModuleReading => {
    const own = readingOf(module);
    if (own === undefined) throw new Error(`${module.module} was not run`);
    const none = attribution ? new Float32Array(own.outputShares.length) : undefined;
    return { ...own, attributions: own.attributions ?? none };
  });
  return { losses, modules };
}

/** Hooks that read a text's latents, and what they have read of a module; undefined where it read no tokens. */
export function observeText(adapter: Adapter): {
  readonly hooks: ProjectionHooks;
  readonly readingOf: (module: AdapterModule) => ModuleReading | undefined;
} {
  const seen = new Map<string, Omit<ModuleReading, "module" | "attributions">>();
  const attributions = new Map<string, Float32Array>();
  const hooks = observingHooks(adapter, {
    onForward: ({ module }, latents, readWrites) => seen.set(module, { ...latents, outputShares: sharesOf(readWrites()) }),
    onBackward: ({ module }, { activations }, slopes) =>
      attributions.set(
        module,
        slopes.map((slope, at) => -(activations[at] as number) * slope),
      ),
  });
  return {
    hooks,
    readingOf(module) {
      const own = seen.get(module.module);
      return own && { ...own, module, attributions: attributions.get(module.module) };
    },
  };
}

function lossesOf(model: CausalModel, batch: LabelledBatch, hooks: ProjectionHooks): Float32Array {
  const { final } = model.forward(batch, { hooks });
  const losses = model.tokenLossesOf(final, batch);
  free(final);
  return losses;
}
