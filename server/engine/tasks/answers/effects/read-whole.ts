import type { Adapter } from "@/server/engine/adapters/adapter";
import { type ModuleReading, observeText } from "@/server/engine/effects/read-text";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { ImageRow } from "@/server/engine/models/encoders/encoder-inputs";
import type { Towards } from "@/server/engine/tasks/answers/answer-task";
import { readFloats } from "@/server/engine/tensor/create";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Classifier } from "./classifier";

/** One text, or two that are read together, as an encoder takes them; or an image. */
export type WholeInput = { readonly ids: Int32Array; readonly tokenTypeIds: Int32Array; readonly image?: undefined } | ImageRow;

/** What is attributed: nothing, or what the task makes of a class, or of its number where there are no classes. */
export type Attributed = "nothing" | Towards;

export type EncoderReading = {
  /** Of the head, one a class; one of a regression. */
  readonly scores: Float32Array;
  /** The class whose loss is attributed; undefined for a regression, and where nothing is. */
  readonly attributedTo: number | undefined;
  /** In the adapter's order; those that read no tokens, a pooler's, are left out. Attributions are nats, of a regression in units of the number. */
  readonly modules: readonly ModuleReading[];
};

/**
 * Reads an input whole through an adapted encoder and its head: one forward pass, with attribution also one backward pass.
 *
 * @throws RangeError when the input is longer than the model's context, or the head has no such class
 */
export function readWhole({ task, model, head }: Classifier, adapter: Adapter, input: WholeInput, attributed: Attributed): EncoderReading {
  const { numLabels } = model;
  if (typeof attributed === "number") task.demandClass(attributed, numLabels);
  const { hooks, readingOf } = observeText(adapter);
  const batch = batchOf(model, input);
  let attributedTo: number | undefined;
  let scores: Float32Array;
  if (attributed === "nothing") scores = tidy(() => readFloats(model.scores(batch, hooks, head())));
  else {
    const passed = model.differentiate(batch, hooks, head(), (found) => {
      const { label, slopes } = task.attributed(found, attributed);
      attributedTo = label;
      return slopes;
    });
    free(passed.gradients);
    scores = passed.scores;
  }
  const modules = adapter.modules.flatMap((module) => readingOf(module) ?? []);
  return { scores, attributedTo, modules };
}

export function batchOf({ encoder }: ClassificationModel, input: WholeInput): EncoderBatch {
  if (input.image !== undefined) return encoder.inputs.lay([[input]]);
  const { ids, tokenTypeIds } = input;
  return { ids, tokenTypeIds, rows: 1, tokens: ids.length };
}
