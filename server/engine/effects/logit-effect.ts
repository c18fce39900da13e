import { writesToResidual } from "@/lib/contract/architectures/architectures";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { uncappedLogits } from "@/server/engine/models/unembedding";
import { meanLast, multiply, scale, subtract } from "@/server/engine/tensor/arithmetic";
import { readFloats, readInts } from "@/server/engine/tensor/create";
import { slice } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import { topK } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** Tokens of every latent of a module, the strongest first; both (numLatents · width). */
export type RankedTokens = { readonly width: number; readonly tokens: Int32Array; readonly values: Float32Array };

/** What a latent's decoder column raises and lowers when it is read as logits. */
export type LogitEffects = { readonly raised: RankedTokens; readonly lowered: RankedTokens };

/** Tokens that are listed of each latent on either side. */
const LOGIT_EFFECT_TOKENS = 8;

/** Most logits that exist at one time: 64 MiB. */
const BLOCK_LOGITS = 2 ** 24;

/**
 * norm · W_U applied to every decoder column of a module (LoRA: column of B), the adapter's scaling left out: an RMS norm multiplies
 * by its weight, as does one between the module and the residual stream (OLMo 2, Gemma 2); a layer norm takes off the mean first. What
 * they divide by depends on the text and is left out. So is a cap of logits (Gemma 2): it bends the sum of all that is written, never
 * one part of it, and keeps the order of tokens; values are those before the cap. Yields how many latents are done after each block.
 *
 * @returns undefined for a module that does not write to the residual stream
 * @throws RangeError for a module that the adapter has not
 */
export function* logitEffects(
  model: CausalModel,
  adapter: Adapter,
  module: string,
): Generator<{ readonly done: number; readonly total: number }, LogitEffects | undefined, void> {
  const attached = adapter.at(module);
  if (attached === undefined) throw new RangeError(`the adapter has no module ${module}`);
  const { numLatents } = attached.module;
  if (attached.module.layer < 0 || !writesToResidual(model.config.architecture, attached.module.name)) return undefined;
  const outputGain = model.projections.find((projection) => projection.module === module)?.outputGain;
  const [vocab = 0] = model.unembedding.head.shape;
  const width = Math.min(LOGIT_EFFECT_TOKENS, vocab);
  const block = Math.max(1, Math.floor(BLOCK_LOGITS / vocab));
  const effects = { raised: emptyRanking(numLatents, width), lowered: emptyRanking(numLatents, width) };
  for (let from = 0; from < numLatents; from += block) {
    const size = Math.min(block, numLatents - from);
    tidy(() => {
      const vectors = attached.vectors("decoder");
      const logits = uncappedLogits(normed(slice(vectors, [from, 0], [size, vectors.shape[1] ?? 0]), outputGain, model), model.unembedding);
      fillRanking(effects.raised, from, logits, 1);
      fillRanking(effects.lowered, from, scale(logits, -1), -1);
    });
    yield { done: from + size, total: numLatents };
  }
  return effects;
}

/** directions (n, dModel) as the final norm hands them to the head, but for its division. */
function normed(directions: Tensor, outputGain: Tensor | undefined, { unembedding }: CausalModel): Tensor {
  const written = outputGain === undefined ? directions : multiply(directions, outputGain);
  const centred = unembedding.isCentred ? subtract(written, meanLast(written)) : written;
  return multiply(centred, unembedding.gain);
}

function emptyRanking(numLatents: number, width: number): RankedTokens {
  return { width, tokens: new Int32Array(numLatents * width), values: new Float32Array(numLatents * width) };
}

/** Puts the largest of each row of `logits` (n, vocab) into the ranking, largest first, `sign` times their values. */
function fillRanking({ width, tokens, values }: RankedTokens, from: number, logits: Tensor, sign: 1 | -1): void {
  const largest = topK(logits, width);
  const places = readInts(largest.indices);
  const found = readFloats(largest.values);
  const [rows = 0] = logits.shape;
  for (let row = 0; row < rows; row++) {
    const order = Array.from({ length: width }, (_, at) => row * width + at).sort(
      (a, b) => (found[b] as number) - (found[a] as number) || a - b,
    );
    order.forEach((at, rank) => {
      tokens[(from + row) * width + rank] = places[at] as number;
      values[(from + row) * width + rank] = sign * (found[at] as number);
    });
  }
}
