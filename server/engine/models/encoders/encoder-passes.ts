import { hookPassOf } from "@/server/engine/models/batch";
import {
  type BlockPasses,
  backwardThrough,
  type DifferentiateOptions,
  forwardThrough,
  repeated,
} from "@/server/engine/models/block-passes";
import type { ForwardResult, PassStart } from "@/server/engine/models/causal-model";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { Gradients, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { textBounds } from "@/server/engine/models/seen-keys";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { reshape } from "@/server/engine/tensor/layout";
import { free, tidy, tidyInParts } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { BlockStack, StackBatch } from "./block-stack";
import type { EncoderPass } from "./encoder-block";
import type { EncoderForwardOptions, Top } from "./encoder-model";

/** Passes through a stack of blocks, which stop after each of them. */
export type EncoderPasses<Batch> = {
  /** @throws RangeError when the batch does not fit the model */
  forward(batch: Batch, options?: EncoderForwardOptions): InParts<ForwardResult>;
  /** As `EncoderModel.inParts.differentiate`. */
  differentiate<Result>(
    batch: Batch,
    hooks: ProjectionHooks | undefined,
    top: Top<Result>,
    options?: DifferentiateOptions,
  ): InParts<{ readonly result: Result; readonly gradients: Gradients }>;
};

/** The passes that all models in which every position sees all others share: forward, and forward and backward. */
export function encoderPasses<Saved, Own extends StackBatch, Batch>(
  stack: BlockStack<Saved, Own, Batch>,
  weights: FrozenWeights,
): EncoderPasses<Batch> {
  const { blocks, finalNorm } = stack;

  function preparePass(batch: Own, hooks: ProjectionHooks | undefined): EncoderPass {
    const { rows, tokens } = batch;
    return {
      rows,
      tokens,
      hooks,
      hookPass: { ...hookPassOf(batch), splits: weights.dtype === "bfloat16" },
      bounds: textBounds(batch),
      attentionBias: stack.attentionBias?.(batch),
      relative: stack.relative?.(tokens, hooks),
      conditioning: stack.conditioning?.(batch),
    };
  }

  function* forward(batch: Batch, options: EncoderForwardOptions = {}): InParts<ForwardResult> {
    const own = stack.reads(batch);
    return yield* tidyInParts(() => runBlocks(own, options));
  }

  /** A block is a part. */
  function* runBlocks(batch: Own, options: EncoderForwardOptions): InParts<ForwardResult> {
    const { hooks, hiddenStates = "none", lastLayer, from } = options;
    const pass = preparePass(batch, hooks);
    const kept: Tensor[] = [];
    let x = from === undefined ? stack.embed(batch) : startOf(batch, from);
    for (const block of blocks.slice(from?.layer ?? 0, lastLayer === undefined ? undefined : lastLayer + 1)) {
      const y = tidy(() => block.forward(x, pass).y);
      if (hiddenStates === "all") kept.push(x);
      else free(x);
      x = y;
      yield;
    }
    const states = hiddenStates === "all" ? [...kept, x] : [];
    if (finalNorm === undefined || lastLayer !== undefined) return { final: x, hiddenStates: states };
    const last = x;
    const final = tidy(() => finalNorm(last).y);
    if (hiddenStates !== "all") free(last);
    return { final, hiddenStates: states };
  }

  /** The states that a pass begins with, as its own. */
  function startOf({ rows, tokens }: Own, { layer, states }: PassStart): Tensor {
    if (layer < 0 || layer > blocks.length) throw new RangeError(`a pass cannot begin at layer ${layer} of ${blocks.length}`);
    if (states.shape[0] !== rows * tokens) {
      throw new RangeError(`states [${states.shape}] do not fit ${rows} rows of ${tokens} tokens`);
    }
    return reshape(states, states.shape);
  }

  function* differentiate<Result>(
    batch: Batch,
    hooks: ProjectionHooks | undefined,
    top: Top<Result>,
    options: DifferentiateOptions = {},
  ): InParts<{ result: Result; gradients: Gradients }> {
    const own = stack.reads(batch);
    return yield* tidyInParts(() => forwardAndBackward(own, hooks, top, options));
  }

  /** A block is a part, forward and backward. */
  function* forwardAndBackward<Result>(
    batch: Own,
    hooks: ProjectionHooks | undefined,
    top: Top<Result>,
    options: DifferentiateOptions,
  ): InParts<{ result: Result; gradients: Gradients }> {
    const found = blocks.findIndex((block) => block.projections.some(({ module }) => hooks?.at(module) !== undefined));
    const lowest = found < 0 ? blocks.length : found;
    const pass = preparePass(batch, hooks);
    const again = repeatedPass(pass);
    const passed = blocks.map(
      (block): BlockPasses<Saved> => ({
        forward: (x, isAgain) => block.forward(x, isAgain ? again : pass),
        backward: (dy, saved, needsInput, made) => block.backward(dy, saved, pass, needsInput, made),
      }),
    );
    const { final, kept } = yield* forwardThrough(passed, stack.embed(batch), lowest, options);
    const gradients: Gradients = new Map();
    const { result, dFinal } = tidy(() => ({ ...normedTop(final, top, lowest < blocks.length, gradients), gradients }));
    yield* backwardThrough(passed, kept, dFinal, gradients);
    return { result, gradients };
  }

  /** `top` over the final states, after the final norm. */
  function normedTop<Result>(states: Tensor, top: Top<Result>, needsGradient: boolean, gradients: Gradients): ReturnType<Top<Result>> {
    if (finalNorm === undefined) return top(states, needsGradient, gradients);
    const { y, backward } = finalNorm(states);
    const { result, dFinal } = top(y, needsGradient, gradients);
    return { result, dFinal: dFinal && backward(dFinal) };
  }

  return { forward, differentiate };
}

function repeatedPass(pass: EncoderPass): EncoderPass {
  const { relative } = pass;
  return {
    ...pass,
    hookPass: repeated(pass.hookPass),
    relative: relative && { ...relative, hookPass: repeated(relative.hookPass) },
  };
}
