import { dependsOnContext } from "@/lib/contract/architectures/long-context";
import type { ModelConfig } from "@/lib/contract/architectures/parse-model-config";
import { addBias } from "@/server/engine/tensor/arithmetic";
import { writeCache } from "@/server/engine/tensor/attention";
import { engineInfo } from "@/server/engine/tensor/backend";
import { fromValues } from "@/server/engine/tensor/create";
import { type InParts, wholly } from "@/server/engine/tensor/in-parts";
import { gatherRows, reshape, slice } from "@/server/engine/tensor/layout";
import { free, tidy, tidyInParts } from "@/server/engine/tensor/scope";
import { stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Batch, demandBatch, hookPassOf, paddingOf } from "./batch";
import type { BlockPass, CausalArchitecture, StepPass } from "./block";
import { type BlockPasses, backwardThrough, type DifferentiateOptions, forwardThrough, repeated } from "./block-passes";
import type {
  CausalModel,
  ForwardOptions,
  ForwardResult,
  LabelledBatch,
  LossAndGradients,
  PassStart,
  PrefillOptions,
} from "./causal-model";
import type { FrozenWeights } from "./frozen-weights";
import { headLoss, headLossAndGradient, type Predictions, predictionsOf } from "./head-loss";
import type { Projection } from "./projection";
import type { Gradients, ProjectionHooks } from "./projection-hook";
import { type CausalRules, causalBounds, windowWithin } from "./seen-keys";
import { createSequence, freeSequence, type Sequence } from "./sequence";
import { capped, uncappedLogits } from "./unembedding";
import type { ImageReader } from "./vision-language/image-reader";
import type { FrozenDtype, FrozenForm } from "./weights";

/** How a model computes; the decoding dtype is what one-token steps read dense weights in, and adapters. */
export type ModelDtypes = { readonly frozen: FrozenForm; readonly decode: FrozenDtype };

/** As above, with the fewest tokens that rotary scaling is chosen for. */
type Computing = ModelDtypes & { readonly context?: number | undefined };

/**
 * The passes that all causal architectures share: forward, loss with gradients, prefill and decode.
 *
 * @param images how the model reads images, where it does
 */
export function createCausalModel<Saved>(
  config: ModelConfig,
  architecture: CausalArchitecture<Saved>,
  weights: FrozenWeights,
  dtypes: Computing,
  images?: ImageReader,
): CausalModel {
  const { blocks, unembedding } = architecture;
  const projections = [...(images?.projections ?? []), ...blocks.flatMap((block) => block.projections)];

  /**
   * @param padded whether outputs at padding matter: with padding on the right, no other output depends on masking it
   * @param room tokens that each row will have in the end; as many as it has when absent
   */
  function preparePass(
    batch: Batch,
    hooks: ProjectionHooks | undefined,
    padded: CausalRules["padding"],
    onKeysValues?: BlockPass["onKeysValues"],
    room = 0,
  ): BlockPass {
    const { rows, tokens } = batch;
    const hookPass = { ...hookPassOf(batch), splits: dtypes.frozen === "bfloat16" };
    const sharesPositions = paddingOf(batch) !== "other" && batch.positionIds === undefined && batch.starts === undefined;
    const positions = sharesPositions ? Int32Array.from({ length: tokens }, (_, at) => at) : hookPass.positions;
    return {
      rows,
      tokens,
      hooks,
      hookPass,
      rotary: architecture.rotary(positions, contextFor(positions.reduce((most, position) => Math.max(most, position + 1), room))),
      bounds: boundsOf(batch, padded),
      onKeysValues,
    };
  }

  /** What rotary scaling is chosen by, for texts of so many tokens. */
  function contextFor(tokens: number): number {
    return Math.max(tokens, dtypes.context ?? 0);
  }

  /** Padding that sees nothing attends to nothing within a window and else to all tokens equally, as in transformers; where scores are capped always the latter. */
  function boundsOf(batch: Batch, padding: CausalRules["padding"]): BlockPass["bounds"] {
    const windows = new Set(blocks.map(({ window }) => windowWithin(window, batch.tokens)));
    const isCapped = "scoreCap" in config && config.scoreCap !== undefined;
    return new Map(
      [...windows].map((window) => {
        const blind = window === undefined || isCapped ? "mean" : "nothing";
        return [window, causalBounds(batch, { window, blind, padding })];
      }),
    );
  }

  /** @throws RangeError as `demandBatch`, and for images that the model does not read */
  function demand(batch: Batch): void {
    demandBatch(images === undefined ? batch : { ...batch, ids: embeddedIds(batch.ids) }, config.vocab, config.contextLength);
    if (images !== undefined) images.demand(batch);
    else if (batch.images !== undefined) throw new RangeError("the model reads texts alone, and the batch has images");
  }

  /** An image token may be no entry of the embedding. */
  function embeddedIds(ids: Int32Array): Int32Array {
    return images === undefined || images.config.imageToken < config.vocab
      ? ids
      : ids.map((id) => (id === images.config.imageToken ? 0 : id));
  }

  function embedded({ ids }: Batch, { hookPass: { positions } }: BlockPass): Tensor {
    return architecture.embed(embeddedIds(ids), positions);
  }

  function* forward(batch: Batch, options: ForwardOptions = {}): InParts<ForwardResult> {
    demand(batch);
    return yield* tidyInParts(() => runBlocks(batch, preparePass(batch, options.hooks, options.padding ?? "masked"), options));
  }

  /** A block is a part. */
  function* runBlocks(
    batch: Batch,
    pass: BlockPass,
    { hiddenStates = "none", lastLayer = blocks.length - 1, from }: ForwardOptions,
  ): InParts<ForwardResult> {
    const kept: Tensor[] = [];
    let x = from === undefined ? embedded(batch, pass) : startOf(batch, from, lastLayer);
    if (from === undefined && images !== undefined) x = yield* images.place(batch, x, pass.hooks);
    for (const block of blocks.slice(from?.layer ?? 0, Math.max(0, lastLayer + 1))) {
      const y = tidy(() => block.forward(x, pass).y);
      if (hiddenStates === "all") kept.push(x);
      else if (x !== from?.states) free(x);
      x = y;
      yield;
    }
    const final = lastLayer < blocks.length - 1 ? x : tidy(() => architecture.finalNorm(x).y);
    return { final, hiddenStates: hiddenStates === "all" ? [...kept, final] : [] };
  }

  function startOf({ rows, tokens }: Batch, { layer, states }: PassStart, lastLayer: number): Tensor {
    if (layer < 0 || layer > lastLayer) throw new RangeError(`a pass cannot begin at layer ${layer} and end with layer ${lastLayer}`);
    if (states.shape[0] !== rows * tokens) {
      throw new RangeError(`states [${states.shape}] do not fit ${rows} rows of ${tokens} tokens`);
    }
    return states;
  }

  function* lossAndGradients(
    batch: LabelledBatch,
    hooks: ProjectionHooks,
    weight: number,
    options: DifferentiateOptions = {},
  ): InParts<LossAndGradients> {
    demand(batch);
    const predictions = predictionsOf(batch, config.vocab);
    if (predictions.from.length === 0) throw new RangeError("no token of the batch is labelled");
    const isAdapted = ({ module }: Projection) => hooks.at(module) !== undefined;
    const belowBlocks = batch.images !== undefined && (images?.projections.some(isAdapted) ?? false);
    const lowest = belowBlocks ? 0 : blocks.findIndex((block) => block.projections.some(isAdapted));
    if (lowest < 0) throw new RangeError("no projection of the model has an adapter to train");
    return yield* tidyInParts(() => differentiate(batch, hooks, predictions, { ...options, lowest, belowBlocks, weight }));
  }

  /** A block is a part, forward and backward. */
  function* differentiate(
    batch: LabelledBatch,
    hooks: ProjectionHooks,
    predictions: Predictions,
    { lowest, belowBlocks, weight, ...options }: DifferentiateOptions & { lowest: number; belowBlocks: boolean; weight: number },
  ): InParts<LossAndGradients> {
    const pass = preparePass(batch, hooks, "unread");
    const again = { ...pass, hookPass: repeated(pass.hookPass) };
    const passed = blocks.map(
      (block): BlockPasses<Saved> => ({
        forward: (x, isAgain) => block.forward(x, isAgain ? again : pass),
        backward: (dy, saved, needsInput, made) => block.backward(dy, saved, pass, needsInput, made),
      }),
    );
    const text = embedded(batch, pass);
    const below = images && belowBlocks ? yield* images.differentiate(batch, text, hooks, options) : undefined;
    const input = below?.states ?? (images === undefined ? text : yield* images.place(batch, text, hooks));
    const { final, kept } = yield* forwardThrough(passed, input, lowest, options);
    const norm = tidy(() => architecture.finalNorm(final));
    const { losses, dFinal } = yield* headLossAndGradient(norm.y, unembedding, predictions, weight);
    const d = tidy(() => norm.backward(dFinal));
    free(norm, dFinal, final);
    const gradients: Gradients = new Map();
    const dInput = yield* backwardThrough(passed, kept, d, gradients, belowBlocks);
    if (below !== undefined && dInput !== undefined) yield* below.backward(dInput, gradients);
    return { lossSum: losses.reduce((sum, loss) => sum + loss, 0), tokenLosses: atLabels(losses, predictions, batch), gradients };
  }

  function* tokenLosses(batch: LabelledBatch, hooks?: ProjectionHooks): InParts<Float32Array> {
    const { from } = predictionsOf(batch, config.vocab);
    if (from.length === 0) return new Float32Array(batch.rows * batch.tokens).fill(Number.NaN);
    return yield* tidyInParts(function* () {
      const { final } = yield* forward(batch, { hooks, padding: "unread" });
      return yield* tokenLossesOf(final, batch);
    });
  }

  function* tokenLossesOf(final: Tensor, batch: LabelledBatch): InParts<Float32Array> {
    const predictions = predictionsOf(batch, config.vocab);
    return atLabels(yield* headLoss(final, unembedding, predictions), predictions, batch);
  }

  function prefill(
    prompts: readonly Int32Array[],
    { hooks, maxTokens, promptLengths: given, images: shown }: PrefillOptions,
  ): { sequences: Sequence[]; logits: Tensor } {
    const longest = prompts.reduce((length, prompt) => Math.max(length, prompt.length), 0);
    if (prompts.some((prompt) => prompt.length === 0)) throw new RangeError("a prompt has no token");
    if (longest > maxTokens || maxTokens > config.contextLength) {
      throw new RangeError(
        `a prompt of ${longest} tokens in sequences of ${maxTokens} does not fit the model's context of ${config.contextLength} tokens`,
      );
    }
    const ids = new Int32Array(prompts.length * longest);
    const attentionMask = new Int32Array(ids.length);
    prompts.forEach((prompt, row) => {
      ids.set(prompt, row * longest);
      attentionMask.fill(1, row * longest, row * longest + prompt.length);
    });
    const promptLengths = Int32Array.from(prompts, ({ length }, row) => given?.[row] ?? length);
    const batch: Batch = { ids, rows: prompts.length, tokens: longest, attentionMask, promptLengths, images: shown };
    demand(batch);
    const { kvHeads, dHead } = architecture;
    const windows = blocks.map(({ window }) => window);
    const sequences = Array.from(promptLengths, (length) => createSequence(windows, kvHeads, dHead, length, maxTokens));
    sequences.forEach((sequence, row) => {
      sequence.length = prompts[row]?.length ?? 0;
    });
    try {
      const logits = tidy(() => {
        const pass = preparePass(batch, hooks, "unread", (layer, keys, values) => writePrompts(sequences, layer, keys, values), maxTokens);
        const { final } = wholly(runBlocks(batch, pass, {}));
        const last = Int32Array.from(prompts, (prompt, row) => row * longest + prompt.length - 1);
        return steppedLogits(gatherRows(final, fromValues(last, [last.length])));
      });
      return { sequences, logits };
    } catch (fault) {
      for (const sequence of sequences) freeSequence(sequence);
      throw fault;
    }
  }

  function decode(sequences: readonly Sequence[], ids: Int32Array, hooks?: ProjectionHooks): Tensor {
    if (ids.length !== sequences.length || ids.length === 0) throw new RangeError(`${ids.length} tokens for ${sequences.length} sequences`);
    const full = sequences.findIndex((sequence) => sequence.length >= sequence.maxTokens);
    if (full >= 0) throw new RangeError(`sequence ${full} has no room for another token: it holds ${sequences[full]?.maxTokens}`);
    const logits = tidy(() => {
      const positions = Int32Array.from(sequences, (sequence) => sequence.length);
      const promptLengths = Int32Array.from(sequences, (sequence) => sequence.promptLength);
      const rows = sequences.length;
      const pass: StepPass = {
        rows,
        hooks,
        hookPass: { rows, tokens: 1, ids, positions, promptLengths, adapterDtype: dtypes.decode },
        rotary: architecture.rotary(
          positions,
          Int32Array.from(sequences, ({ maxTokens }) => contextFor(maxTokens)),
        ),
        caches: sequences.map((sequence) => sequence.caches),
        dtype: dtypes.decode,
      };
      let x = architecture.embed(ids, positions);
      for (const block of blocks) {
        const y = tidy(() => block.step(x, pass));
        free(x);
        x = y;
      }
      return steppedLogits(architecture.finalNorm(x).y);
    });
    for (const sequence of sequences) sequence.length++;
    return logits;
  }

  /** What a next token is chosen by: never an image token, which stands for an image that is not there. */
  function steppedLogits(final: Tensor): Tensor {
    const logits = capped(stepLinear(final, weights.forDecoding(unembedding.head, dtypes.decode)), unembedding);
    return images?.barred === undefined ? logits : addBias(logits, images.barred);
  }

  let other: CausalModel | undefined;
  function decodingIn(dtype: FrozenDtype): CausalModel {
    if (dtype === dtypes.decode || dtypes.frozen !== "float32" || (dtype === "bfloat16" && !engineInfo().bfloat16)) return model;
    other ??= createCausalModel(config, architecture, weights, { ...dtypes, decode: dtype }, images);
    return other;
  }

  const isContextual = dependsOnContext(config);

  const model: CausalModel = {
    config,
    frozenForm: dtypes.frozen,
    decodeDtype: dtypes.decode,
    decodingIn,
    forContext: (tokens) =>
      isContextual ? createCausalModel(config, architecture, weights, { ...dtypes, context: contextFor(tokens) }, images) : model,
    projections,
    images,
    unembedding,
    get bytes() {
      return weights.bytes;
    },
    get weightBytes() {
      return weights.weightBytes;
    },
    cacheBytesPerToken: 2 * 4 * blocks.length * architecture.kvHeads * architecture.dHead,
    forward: (...asked) => wholly(forward(...asked)),
    logits: (final) => tidy(() => capped(uncappedLogits(final, unembedding), unembedding)),
    lossAndGradients: (...asked) => wholly(lossAndGradients(...asked)),
    tokenLosses: (...asked) => wholly(tokenLosses(...asked)),
    tokenLossesOf: (...asked) => wholly(tokenLossesOf(...asked)),
    inParts: { forward, lossAndGradients, tokenLosses, tokenLossesOf },
    prefill,
    decode,
    free: () => weights.free(),
  };
  return model;
}

/** (rows · tokens) each prediction's loss at its label's own place, NaN elsewhere. */
function atLabels(losses: Float32Array, { from }: Predictions, { rows, tokens }: Batch): Float32Array {
  const placed = new Float32Array(rows * tokens).fill(Number.NaN);
  losses.forEach((loss, i) => {
    placed[(from[i] as number) + 1] = loss;
  });
  return placed;
}

/** Puts the keys and values of right-padded prompts, as long as their sequences are, (prompts, tokens, kvHeads, dHead), into their sequences' caches. */
function writePrompts(sequences: readonly Sequence[], layer: number, keys: Tensor, values: Tensor): void {
  const [, , kvHeads = 0, dHead = 0] = keys.shape;
  sequences.forEach((sequence, row) => {
    const cache = sequence.caches[layer];
    if (cache === undefined) throw new RangeError(`a sequence has no cache for layer ${layer}`);
    const ofRow = (x: Tensor) => {
      const own = slice(x, [row, 0, 0, 0], [1, sequence.length, kvHeads, dHead]);
      return reshape(own, [sequence.length, kvHeads, dHead]);
    };
    writeCache(cache, ofRow(keys), ofRow(values), 0);
  });
}
