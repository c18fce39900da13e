import type { EncoderVariant } from "@/lib/contract/architectures/encoder-config";
import { nonlinearityOf } from "@/server/engine/models/nonlinearity";
import { type Projection, projectApart, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients, HookPass, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { addAll } from "@/server/engine/tensor/arithmetic";
import type { KeyBounds } from "@/server/engine/tensor/key-bounds";
import { addLayerNorm, type LayerNormSaved, layerNormGrad } from "@/server/engine/tensor/normalise";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { addLinear, addNorm, type EncoderReader, type Norm } from "./encoder-weights";
import type { RelativePass } from "./relative-positions";

/** What all blocks share in one pass over `rows` sequences of `tokens` each. */
export type EncoderPass = {
  readonly rows: number;
  readonly tokens: number;
  readonly hooks: ProjectionHooks | undefined;
  readonly hookPass: HookPass;
  /** Which keys each token sees: the real ones of its text. */
  readonly bounds: KeyBounds;
  /** The same to be added to scores, where attention takes them whole, (1, rows, tokens, tokens); undefined where every token sees all of its row. */
  readonly attentionBias: Tensor | undefined;
  /** Where attention has terms of relative positions. */
  readonly relative: RelativePass | undefined;
  /** Where blocks are told more of each row. */
  readonly conditioning: Conditioning | undefined;
};

/** What the blocks of a diffusion transformer are told of each row. */
export type Conditioning = {
  /** (rows, features) of the time step */
  readonly timesteps: Tensor;
  /** int32 (rows) */
  readonly classes: Tensor;
};

/** The attention of one block, from the block's input to what its output projection reads. */
export type SelfAttention<Saved> = {
  /** In the order of computation. */
  readonly projections: readonly Projection[];
  /** x (rows · tokens, dModel) → mixed (rows · tokens, dModel) */
  forward(x: Tensor, pass: EncoderPass): { mixed: Tensor; saved: Saved };
  isAdapted(saved: Saved): boolean;
  /** Adds the adapters' gradients to `gradients`; gives the parts of x's when it is needed. */
  backward(dMixed: Tensor, saved: Saved, pass: EncoderPass, needsInput: boolean, gradients: Gradients): Tensor[];
};

export type EncoderBlock<Saved> = {
  readonly layer: number;
  readonly projections: readonly Projection[];
  forward(x: Tensor, pass: EncoderPass): { y: Tensor; saved: Saved };
  /** Adds the adapters' gradients to `gradients`; gives the input's gradient when it is needed. */
  backward(dy: Tensor, saved: Saved, pass: EncoderPass, needsInput: boolean, gradients: Gradients): Tensor | undefined;
};

export type BlockSaved<Saved> = {
  readonly attention: Saved;
  readonly attended: SavedProjection;
  /** Before each norm. */
  readonly middle: Tensor;
  readonly middleNorm: LayerNormSaved;
  readonly outer: Tensor;
  readonly outerNorm: LayerNormSaved;
  /** Before the nonlinearity, and whether the bias is in it. */
  readonly inner: Tensor;
  readonly isBiased: boolean;
  readonly innerAdapted: SavedProjection;
  readonly outerAdapted: SavedProjection;
};

/**
 * A block of BERT (Devlin et al. 2018): attention and a feed-forward layer, each added to its input and then normalised.
 *
 * @param prefix of the block's names, `bert.encoder.layer.0`
 */
export function encoderBlock<Saved>(
  config: EncoderVariant,
  prefix: string,
  layer: number,
  attention: SelfAttention<Saved>,
  reader: EncoderReader,
): EncoderBlock<BlockSaved<Saved>> {
  const names = config.names.inner;
  const attendedProjection = reader.linear(`${prefix}.${names.attentionOutput}`, layer);
  const middleNorm = reader.norm(`${prefix}.${names.attentionNorm}`);
  const innerProjection = reader.linear(`${prefix}.${names.up}`, layer);
  const outerProjection = reader.linear(`${prefix}.${names.down}`, layer);
  const outerNorm = reader.norm(`${prefix}.${names.mlpNorm}`);
  const { normEpsilon } = config;
  const bend = nonlinearityOf(config.activation);
  const normOfSum = (x: Tensor, { output, bias }: ReturnType<typeof projectApart>, norm: Norm) =>
    addLayerNorm(x, { update: output, bias }, norm.weight, norm.bias, normEpsilon);

  function forward(x: Tensor, pass: EncoderPass): { y: Tensor; saved: BlockSaved<Saved> } {
    const { hooks, hookPass } = pass;
    const { mixed, saved } = attention.forward(x, pass);
    const attended = projectApart(attendedProjection, mixed, hooks, hookPass);
    const { y: normal, sum: middle, ...middleSaved } = normOfSum(x, attended, middleNorm);
    const inner = projectApart(innerProjection, normal, hooks, hookPass);
    const narrow = projectApart(outerProjection, bend.forward(inner.output, inner.bias), hooks, hookPass);
    const { y, sum: outer, ...outerSaved } = normOfSum(normal, narrow, outerNorm);
    return {
      y,
      saved: {
        attention: saved,
        attended: attended.saved,
        middle,
        middleNorm: middleSaved,
        outer,
        outerNorm: outerSaved,
        inner: inner.output,
        isBiased: inner.bias === undefined,
        innerAdapted: inner.saved,
        outerAdapted: narrow.saved,
      },
    };
  }

  function backward(
    dy: Tensor,
    saved: BlockSaved<Saved>,
    pass: EncoderPass,
    needsInput: boolean,
    gradients: Gradients,
  ): Tensor | undefined {
    const needsMixed = needsInput || attention.isAdapted(saved.attention);
    const needsMiddle = needsMixed || saved.attended !== undefined;
    const needsInner = needsMiddle || saved.innerAdapted !== undefined;

    const dOuter = layerNormGrad(saved.outer, saved.outerNorm, outerNorm.weight, dy);
    const dBent = sum(projectBackward(outerProjection, dOuter, saved.outerAdapted, needsInner, gradients));
    if (dBent === undefined) return undefined;
    const dInner = bend.backward(saved.inner, dBent, saved.isBiased ? undefined : innerProjection.bias);
    const fromInner = projectBackward(innerProjection, dInner, saved.innerAdapted, needsMiddle, gradients);
    if (fromInner.length === 0) return undefined;
    const dMiddle = layerNormGrad(saved.middle, saved.middleNorm, middleNorm.weight, addAll([dOuter, ...fromInner]));
    const dMixed = sum(projectBackward(attendedProjection, dMiddle, saved.attended, needsMixed, gradients));
    if (dMixed === undefined) return undefined;
    const fromAttention = attention.backward(dMixed, saved.attention, pass, needsInput, gradients);
    return needsInput ? addAll([dMiddle, ...fromAttention]) : undefined;
  }

  return {
    layer,
    projections: [...attention.projections, attendedProjection, innerProjection, outerProjection],
    forward,
    backward,
  };
}

/** Adds a block's tensors but those of its attention. */
export function addBlockShapes(
  shapes: Map<string, readonly number[]>,
  prefix: string,
  { names: { inner }, dModel, dFeedForward }: EncoderVariant,
): void {
  addLinear(shapes, `${prefix}.${inner.attentionOutput}`, dModel, dModel);
  addNorm(shapes, `${prefix}.${inner.attentionNorm}`, dModel);
  addLinear(shapes, `${prefix}.${inner.up}`, dModel, dFeedForward);
  addLinear(shapes, `${prefix}.${inner.down}`, dFeedForward, dModel);
  addNorm(shapes, `${prefix}.${inner.mlpNorm}`, dModel);
}

function sum(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length < 2 ? parts[0] : addAll(parts);
}
