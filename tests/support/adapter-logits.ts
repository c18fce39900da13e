import { adapterHooks } from "@/server/engine/adapters/arms";
import type { TextBatch } from "@/server/engine/models/encoders/encoder-batch";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { loadModel } from "@/server/runtime/models/loaded-model";
import { freeTop } from "@/server/runtime/models/loaded-top";

/**
 * What Stanscope computes with an adapter: logits of real tokens (tokens, vocab), or of an encoder its head's scores (rows, numLabels).
 *
 * @param adapter undefined for the base model alone; of an encoder the head that its checkpoint has
 */
export function adapterLogits(path: string, folder: string | undefined, batch: TextBatch): Float32Array {
  const loaded = loadModel({ path, precision: "exact", folder });
  const { base, trained, classifier } = loaded;
  const hooks = trained === undefined ? undefined : adapterHooks(trained);
  const values = tidy(() => {
    if (base.kind === "text") return realTokens(readFloats(base.model.logits(base.model.forward(batch, { hooks }).final)), batch);
    if (classifier === undefined) throw new Error(`${path} has no head`);
    return readFloats(classifier.model.scores(batch, hooks, classifier.head.read()));
  });
  freeTop(loaded);
  base.model.free();
  return values;
}

/** Of values at every token, those where it is no padding. */
export function realTokens(values: Float32Array, { attentionMask, rows, tokens }: TextBatch): Float32Array {
  const width = values.length / (rows * tokens);
  return values.filter((_, at) => attentionMask === undefined || attentionMask[Math.floor(at / width)] === 1);
}

/** The first of the batches of a file of reference values, `input_ids` (batches, rows, tokens) and its like. */
export function firstBatch(path: string, prefix = ""): TextBatch {
  const file = openSafetensors(path);
  const [, rows = 0, tokens = 0] = file.shape(`${prefix}input_ids`);
  const first = (name: string) => file.readInts(`${prefix}${name}`).slice(0, rows * tokens);
  const hasTypes = file.names().includes(`${prefix}token_type_ids`);
  const batch = { ids: first("input_ids"), attentionMask: first("attention_mask"), rows, tokens };
  const tokenTypeIds = hasTypes ? first("token_type_ids") : undefined;
  file.close();
  return tokenTypeIds === undefined ? batch : { ...batch, tokenTypeIds };
}
