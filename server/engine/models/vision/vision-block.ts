import type { VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import type { EncoderBlock, EncoderPass } from "@/server/engine/models/encoders/encoder-block";
import type { EncoderReader } from "@/server/engine/models/encoders/encoder-weights";
import { flashSelfAttention, inputProjections, type SavedSelfAttention } from "@/server/engine/models/encoders/flash-self-attention";
import { type Projection, projectApart, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { add, addAll, addBias, multiply } from "@/server/engine/tensor/arithmetic";
import { addLayerNorm, type LayerNormSaved, layerNorm, layerNormGrad } from "@/server/engine/tensor/normalise";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type SavedMlp, visionMlp } from "./vision-mlp";

export type VisionBlockSaved = {
  /** The block's input, and the sum with attention's output. */
  readonly x: Tensor;
  readonly attentionNorm: LayerNormSaved;
  readonly attention: SavedSelfAttention;
  readonly attended: SavedProjection;
  readonly middle: Tensor;
  readonly mlpNorm: LayerNormSaved;
  readonly mlp: SavedMlp;
  readonly down: SavedProjection;
};

/** The output of a projection, its bias apart where no adapter reads it. */
type Update = { readonly output: Tensor; readonly bias: Tensor | undefined };

/**
 * A block of a vision transformer (Dosovitskiy et al. 2021): attention and a feed-forward part, each over normalised states and added to what
 * entered it, scaled by a vector where the model has layer scale (Touvron et al. 2021).
 *
 * @param prefix of the block's names, `vit.layers.0`
 */
export function visionBlock(config: VisionConfig, prefix: string, layer: number, reader: EncoderReader): EncoderBlock<VisionBlockSaved> {
  const names = config.names.inner;
  const { normEpsilon, hasInputBias } = config;
  const attentionNorm = reader.norm(`${prefix}.${names.attentionNorm}`);
  const inputs = inputProjections((name) => reader.linear(`${prefix}.${names[name]}`, layer, hasInputBias));
  const attention = flashSelfAttention(inputs, config);
  const attendedProjection = reader.linear(`${prefix}.${names.attentionOutput}`, layer);
  const mlpNorm = reader.norm(`${prefix}.${names.mlpNorm}`);
  const mlp = visionMlp(config, prefix, layer, reader);
  const attentionScale = names.scales && reader.vector(`${prefix}.${names.scales.attention}`);
  const mlpScale = names.scales && reader.vector(`${prefix}.${names.scales.mlp}`);

  function forward(x: Tensor, pass: EncoderPass): { y: Tensor; saved: VisionBlockSaved } {
    const { hooks, hookPass } = pass;
    const { y: normal, ...attentionSaved } = layerNorm(x, attentionNorm.weight, attentionNorm.bias, normEpsilon);
    const { mixed, saved } = attention.forward(normal, pass);
    const attended = projectApart(attendedProjection, mixed, hooks, hookPass);
    const { output: update, bias } = scaled(attended, attentionScale);
    const second = addLayerNorm(x, { update, bias }, mlpNorm.weight, mlpNorm.bias, normEpsilon);
    const { bent, saved: mlpSaved } = mlp.forward(second.y, pass);
    const narrow = projectApart(mlp.down, bent, hooks, hookPass);
    return {
      y: add(second.sum, whole(scaled(narrow, mlpScale))),
      saved: {
        x,
        attentionNorm: attentionSaved,
        attention: saved,
        attended: attended.saved,
        middle: second.sum,
        mlpNorm: { mean: second.mean, inverseStd: second.inverseStd },
        mlp: mlpSaved,
        down: narrow.saved,
      },
    };
  }

  function backward(dy: Tensor, saved: VisionBlockSaved, pass: EncoderPass, needsInput: boolean, gradients: Gradients): Tensor | undefined {
    const needsMixed = needsInput || attention.isAdapted(saved.attention);
    const needsMiddle = needsMixed || saved.attended !== undefined;
    const needsBent = needsMiddle || mlp.isAdapted(saved.mlp);

    const dBent = sum(projectBackward(mlp.down, back(dy, mlpScale), saved.down, needsBent, gradients));
    const dNormal = dBent && sum(mlp.backward(dBent, saved.mlp, needsMiddle, gradients));
    if (dNormal === undefined) return undefined;
    const dMiddle = layerNormGrad(saved.middle, saved.mlpNorm, mlpNorm.weight, dNormal, dy);
    const dMixed = sum(projectBackward(attendedProjection, back(dMiddle, attentionScale), saved.attended, needsMixed, gradients));
    if (dMixed === undefined) return undefined;
    const dFirst = sum(attention.backward(dMixed, saved.attention, pass, needsInput, gradients));
    return dFirst && layerNormGrad(saved.x, saved.attentionNorm, attentionNorm.weight, dFirst, dMiddle);
  }

  const projections: readonly Projection[] = [...attention.projections, attendedProjection, ...mlp.projections];
  return { layer, projections, forward, backward };
}

/** A scale multiplies the bias too. */
function scaled(update: Update, factors: Tensor | undefined): Update {
  return factors === undefined ? update : { output: multiply(whole(update), factors), bias: undefined };
}

function whole({ output, bias }: Update): Tensor {
  return bias === undefined ? output : addBias(output, bias);
}

function back(dy: Tensor, factors: Tensor | undefined): Tensor {
  return factors === undefined ? dy : multiply(dy, factors);
}

function sum(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length < 2 ? parts[0] : addAll(parts);
}
