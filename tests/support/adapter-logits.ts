import { adapterHooks } from "@/server/engine/adapters/arms";
import type { EncoderBatch } from "@/server/engine/models/encoders/encoder-model";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { loadAdapter } from "@/server/runtime/models/load-adapter";
import { loadBaseModel } from "@/server/runtime/models/load-base-model";
import { freeTop, isEncoderCheckpoint, loadEncoderBase, loadEncoderTop } from "@/server/runtime/models/load-classifier";

/**
 * What Stanscope computes with an adapter: logits of real tokens (tokens, vocab), or of an encoder its head's scores (rows, numLabels).
 *
 * @param adapter undefined for the base model alone; of an encoder the head that its checkpoint has
 */
export function adapterLogits(base: string, adapter: string | undefined, batch: EncoderBatch): Float32Array {
  return isEncoderCheckpoint(base) ? headScores(base, adapter, batch) : tokenLogits(base, adapter, batch);
}

function tokenLogits(path: string, folder: string | undefined, batch: EncoderBatch): Float32Array {
  const { model } = loadBaseModel(path, "exact");
  const adapter = folder === undefined ? undefined : loadAdapter(folder, model);
  const hooks = adapter === undefined ? undefined : adapterHooks(adapter);
  const logits = tidy(() => readFloats(model.logits(model.forward(batch, { hooks }).final)));
  adapter?.free();
  model.free();
  return realTokens(logits, batch);
}

function headScores(path: string, folder: string | undefined, batch: EncoderBatch): Float32Array {
  const base = loadEncoderBase(path, "exact");
  const top = loadEncoderTop(base, folder);
  const { adapter, classifier } = top;
  if (classifier === undefined) throw new Error(`${path} has no head`);
  const hooks = adapter === undefined ? undefined : adapterHooks(adapter);
  const scores = tidy(() => readFloats(classifier.model.scores(batch, hooks, classifier.head.read())));
  freeTop(top);
  base.encoder.free();
  return scores;
}

/** Of values at every token, those where it is no padding. */
export function realTokens(values: Float32Array, { attentionMask, rows, tokens }: EncoderBatch): Float32Array {
  const width = values.length / (rows * tokens);
  return values.filter((_, at) => attentionMask === undefined || attentionMask[Math.floor(at / width)] === 1);
}

/** The first of the batches of a file of reference values, `input_ids` (batches, rows, tokens) and its like. */
export function firstBatch(path: string, prefix = ""): EncoderBatch {
  const file = openSafetensors(path);
  const [, rows = 0, tokens = 0] = file.shape(`${prefix}input_ids`);
  const first = (name: string) => file.readInts(`${prefix}${name}`).slice(0, rows * tokens);
  const hasTypes = file.names().includes(`${prefix}token_type_ids`);
  const batch = { ids: first("input_ids"), attentionMask: first("attention_mask"), rows, tokens };
  const tokenTypeIds = hasTypes ? first("token_type_ids") : undefined;
  file.close();
  return tokenTypeIds === undefined ? batch : { ...batch, tokenTypeIds };
}
