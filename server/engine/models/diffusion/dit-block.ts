import type { DiffusionConfig } from "@/lib/contract/architectures/diffusion/diffusion-config";
import type { EncoderBlock, EncoderPass } from "@/server/engine/models/encoders/encoder-block";
import type { EncoderReader, Norm } from "@/server/engine/models/encoders/encoder-weights";
import { flashSelfAttention, inputProjections, type SavedSelfAttention } from "@/server/engine/models/encoders/flash-self-attention";
import { nonlinearityOf } from "@/server/engine/models/nonlinearity";
import { type Projection, project, projectApart, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { add, addAll } from "@/server/engine/tensor/arithmetic";
import { addLayerNorm, type LayerNormSaved, layerNorm, layerNormGrad } from "@/server/engine/tensor/normalise";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Embedder, frozenLayer, modulate, perRow, scaleOf, timesRows } from "./modulation";

export type DitBlockSaved = {
  /** The block's input, and the sum with attention's output. */
  readonly x: Tensor;
  readonly middle: Tensor;
  readonly attentionNorm: LayerNormSaved;
  readonly mlpNorm: LayerNormSaved;
  readonly modulation: Modulation;
  readonly attention: SavedSelfAttention;
  readonly attended: SavedProjection;
  /** Before the nonlinearity, and whether the bias is in it. */
  readonly inner: Tensor;
  readonly isBiased: boolean;
  readonly innerAdapted: SavedProjection;
  readonly outerAdapted: SavedProjection;
};

/** Of each row, (rows, 1, dModel): what normalised states are multiplied and moved by, and what their update is. */
type Modulation = Readonly<Record<"attention" | "mlp", { readonly shift: Tensor; readonly scale: Tensor; readonly gate: Tensor }>>;

/**
 * A block of DiT with adaLN-Zero (Peebles and Xie 2023): attention and a feed-forward part, each over states that are normalised, then scaled and moved
 * by what the row's time step and class ask, and added to what entered it through a gate that they ask too.
 *
 * @param plain a norm's weight and bias, of 1 and 0: the modulation takes their place
 * @param prefix of the block's names, `transformer_blocks.0`
 */
export function ditBlock(
  config: DiffusionConfig,
  prefix: string,
  layer: number,
  reader: EncoderReader,
  { plain, embedder }: { readonly plain: Norm; readonly embedder: Embedder },
): EncoderBlock<DitBlockSaved> {
  const { normEpsilon, hasInputBias, names } = config;
  const read = (name: keyof typeof names.inner & string, hasBias = true) => reader.linear(`${prefix}.${names.inner[name]}`, layer, hasBias);
  const attention = flashSelfAttention(
    inputProjections((name) => read(name, hasInputBias)),
    config,
  );
  const attendedProjection = read("attentionOutput");
  const [innerProjection, outerProjection] = [read("up"), read("down")];
  const modulating = frozenLayer(reader, `${prefix}.${names.inner.modulation}`, layer);
  const bend = nonlinearityOf(config.activation);

  function modulationOf({ conditioning }: EncoderPass): Modulation {
    if (conditioning === undefined) throw new Error("the block is told neither time steps nor classes");
    const parts = perRow(modulating(embedder(conditioning)), 6) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    const [shift, scale, gate, mlpShift, mlpScale, mlpGate] = parts;
    return { attention: { shift, scale: scaleOf(scale), gate }, mlp: { shift: mlpShift, scale: scaleOf(mlpScale), gate: mlpGate } };
  }

  function forward(x: Tensor, pass: EncoderPass): { y: Tensor; saved: DitBlockSaved } {
    const { hooks, hookPass } = pass;
    const modulation = modulationOf(pass);
    const { y: normal, ...attentionNorm } = layerNorm(x, plain.weight, plain.bias, normEpsilon.modulated);
    const { mixed, saved: attentionSaved } = attention.forward(modulate(normal, modulation.attention), pass);
    const attended = project(attendedProjection, mixed, hooks, hookPass);
    const update = timesRows(attended.output, modulation.attention.gate);
    const second = addLayerNorm(x, { update, bias: undefined }, plain.weight, plain.bias, normEpsilon.mlp);
    const inner = projectApart(innerProjection, modulate(second.y, modulation.mlp), hooks, hookPass);
    const outer = project(outerProjection, bend.forward(inner.output, inner.bias), hooks, hookPass);
    return {
      y: add(second.sum, timesRows(outer.output, modulation.mlp.gate)),
      saved: {
        x,
        middle: second.sum,
        attentionNorm,
        mlpNorm: { mean: second.mean, inverseStd: second.inverseStd },
        modulation,
        attention: attentionSaved,
        attended: attended.saved,
        inner: inner.output,
        isBiased: inner.bias === undefined,
        innerAdapted: inner.saved,
        outerAdapted: outer.saved,
      },
    };
  }

  function backward(dy: Tensor, saved: DitBlockSaved, pass: EncoderPass, needsInput: boolean, gradients: Gradients): Tensor | undefined {
    const { modulation } = saved;
    const needsMixed = needsInput || attention.isAdapted(saved.attention);
    const needsMiddle = needsMixed || saved.attended !== undefined;
    const needsInner = needsMiddle || saved.innerAdapted !== undefined;

    const dOuter = timesRows(dy, modulation.mlp.gate);
    const dBent = sum(projectBackward(outerProjection, dOuter, saved.outerAdapted, needsInner, gradients));
    if (dBent === undefined) return undefined;
    const dInner = bend.backward(saved.inner, dBent, saved.isBiased ? undefined : innerProjection.bias);
    const dSecond = sum(projectBackward(innerProjection, dInner, saved.innerAdapted, needsMiddle, gradients));
    if (dSecond === undefined) return undefined;
    const dMiddle = layerNormGrad(saved.middle, saved.mlpNorm, plain.weight, timesRows(dSecond, modulation.mlp.scale), dy);
    const dAttended = timesRows(dMiddle, modulation.attention.gate);
    const dMixed = sum(projectBackward(attendedProjection, dAttended, saved.attended, needsMixed, gradients));
    if (dMixed === undefined) return undefined;
    const dFirst = sum(attention.backward(dMixed, saved.attention, pass, needsInput, gradients));
    return dFirst && layerNormGrad(saved.x, saved.attentionNorm, plain.weight, timesRows(dFirst, modulation.attention.scale), dMiddle);
  }

  const projections: readonly Projection[] = [...attention.projections, attendedProjection, innerProjection, outerProjection];
  return { layer, projections, forward, backward };
}

function sum(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length < 2 ? parts[0] : addAll(parts);
}
