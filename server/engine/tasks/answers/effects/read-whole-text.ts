import type { Adapter } from "@/server/engine/adapters/adapter";
import { observingHooks } from "@/server/engine/effects/observing-hooks";
import type { ModuleReading } from "@/server/engine/effects/read-text";
import type { EncoderBatch } from "@/server/engine/models/encoders/encoder-model";
import { readFloats } from "@/server/engine/tensor/create";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Classifier } from "./classifier";
import { softmaxRows } from "./score-changes";

/** One text, or two that are read together, as an encoder takes them. */
export type WholeText = { readonly ids: Int32Array; readonly tokenTypeIds: Int32Array };

/**
 * What is attributed: nothing, or the loss of one class, −log p, by its number or the most probable; a regression has none, and its number itself
 * is.
 */
export type Attributed = "nothing" | "mostProbable" | number;

export type EncoderReading = {
  /** Of the head, one a class; one of a regression. */
  readonly scores: Float32Array;
  /** The class whose loss is attributed; undefined for a regression, and where nothing is. */
  readonly attributedTo: number | undefined;
  /** In the adapter's order; those that read no tokens, a pooler's, are left out. Attributions are nats, of a regression in units of the number. */
  readonly modules: readonly ModuleReading[];
};

/**
 * Reads a text whole through an adapted encoder and its head: one forward pass, with attribution also one backward pass.
 *
 * @throws RangeError when the text is longer than the model's context, or the head has no such class
 */
export function readWholeText({ model, head }: Classifier, adapter: Adapter, text: WholeText, attributed: Attributed): EncoderReading {
  const { numLabels } = model;
  if (typeof attributed === "number" && (numLabels === 1 || attributed < 0 || attributed >= numLabels)) {
    throw new RangeError(
      numLabels === 1
        ? "a head with 1 label is a regression: it has no class to attribute to"
        : `class ${attributed} is not in 0…${numLabels - 1}`,
    );
  }
  const seen = new Map<string, Omit<ModuleReading, "module" | "attributions">>();
  const attributions = new Map<string, Float32Array>();
  const hooks = observingHooks(adapter, {
    onForward: ({ module }, latents, readShares) => seen.set(module, { ...latents, outputShares: readShares() }),
    onBackward: ({ module }, { activations }, slopes) =>
      attributions.set(
        module,
        slopes.map((slope, at) => -(activations[at] as number) * slope),
      ),
  });
  const batch = batchOf(text);
  let attributedTo: number | undefined;
  let scores: Float32Array;
  if (attributed === "nothing") scores = tidy(() => readFloats(model.scores(batch, hooks, head())));
  else {
    const passed = model.differentiate(batch, hooks, head(), (found) => {
      if (numLabels === 1) return Float32Array.of(1);
      const label = attributed === "mostProbable" ? found.indexOf(Math.max(...found)) : attributed;
      attributedTo = label;
      return Float32Array.from(softmaxRows(found, numLabels), (probability, at) => probability - (at === label ? 1 : 0));
    });
    free(passed.gradients);
    scores = passed.scores;
  }
  const modules = adapter.modules.flatMap((module): ModuleReading[] => {
    const own = seen.get(module.module);
    return own === undefined ? [] : [{ ...own, module, attributions: attributions.get(module.module) }];
  });
  return { scores, attributedTo, modules };
}

export function batchOf({ ids, tokenTypeIds }: WholeText): EncoderBatch {
  return { ids, tokenTypeIds, rows: 1, tokens: ids.length };
}
