import type { InParts } from "@/server/engine/tensor/in-parts";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Gradients, HookPass } from "./projection-hook";

/** A block within one pass, forward and back. */
export type BlockPasses<Saved> = {
  /** @param isAgain whether this pass repeats an earlier one, in the backward pass */
  forward(x: Tensor, isAgain: boolean): { y: Tensor; saved: Saved };
  backward(dy: Tensor, saved: Saved, needsInput: boolean, gradients: Gradients): Tensor | undefined;
};

/** What the backward pass needs of a block: its input, and what its forward pass saved unless that is computed again. */
type Kept<Saved> = { readonly x: Tensor; readonly saved: Saved | undefined };

export type DifferentiateOptions = {
  /**
   * Keep only each block's input in the forward pass, and compute the block again in the backward pass (gradient checkpointing, Chen et al. 2016). The
   * numbers are the same bit for bit; a step takes one more forward pass of the blocks.
   */
  readonly recomputes?: boolean | undefined;
};

/**
 * The forward pass through all blocks, a block a part. Of those below `lowest` nothing is kept.
 *
 * @param x the first block's input, which this frees when it is no longer needed
 */
export function* forwardThrough<Saved>(
  blocks: readonly BlockPasses<Saved>[],
  x: Tensor,
  lowest: number,
  { recomputes = false }: DifferentiateOptions,
): InParts<{ final: Tensor; kept: Kept<Saved>[] }> {
  const kept: Kept<Saved>[] = [];
  let states = x;
  for (const [layer, block] of blocks.entries()) {
    const input = states;
    const isKept = layer >= lowest;
    const { y, saved } = tidy(() => {
      const made = block.forward(input, false);
      return isKept && !recomputes ? made : { y: made.y, saved: undefined };
    });
    if (isKept) kept.push({ x: input, saved });
    else free(input);
    states = y;
    yield;
  }
  return { final: states, kept };
}

/**
 * The backward pass down to the block `lowest`, adding the adapters' gradients, a block a part. Frees what was kept, and `dFinal`.
 *
 * @param kept of the blocks from `lowest` on
 * @param needsInput whether something below that block learns too
 * @returns the gradient of that block's input, when it is needed
 */
export function* backwardThrough<Saved>(
  blocks: readonly BlockPasses<Saved>[],
  kept: readonly Kept<Saved>[],
  dFinal: Tensor | undefined,
  gradients: Gradients,
  needsInput = false,
): InParts<Tensor | undefined> {
  const lowest = blocks.length - kept.length;
  let d = dFinal;
  for (let layer = blocks.length - 1; layer >= lowest && d !== undefined; layer--) {
    const above: Tensor = d;
    const block = blocks[layer];
    const own = kept[layer - lowest];
    if (block === undefined || own === undefined) return undefined;
    const saved = own.saved ?? tidy(() => block.forward(own.x, true).saved);
    const { dInput, made } = tidy(() => {
      const made: Gradients = new Map();
      return { dInput: block.backward(above, saved, needsInput || layer > lowest, made), made };
    });
    for (const [key, gradient] of made) gradients.set(key, gradient);
    free(above, own, saved);
    d = dInput;
    yield;
  }
  return d;
}

/** The pass as hooks are told of it when a block is computed again. */
export function repeated(pass: HookPass): HookPass {
  return { ...pass, isRepeated: true };
}
