import type { FusedConfig } from "@/lib/contract/architectures/decoder-config";
import { type AttentionForm, attend, attendBackward, attendOneToken, type SavedAttention } from "@/server/engine/models/attention";
import type { Block, BlockPass, StepPass } from "@/server/engine/models/block";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { nonlinearityOf } from "@/server/engine/models/nonlinearity";
import { type Projection, project, projectBackward, type SavedProjection, stepProject } from "@/server/engine/models/projection";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { add } from "@/server/engine/tensor/arithmetic";
import { type LayerNormSaved, layerNorm, layerNormGrad } from "@/server/engine/tensor/normalise";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { FUSED_PROJECTIONS, type FusedProjection, type FusedWeights, type Norm } from "./fused-weights";
import { qkvLayout } from "./qkv-layout";
import { sum } from "./sub-layer";

export type FusedSaved = {
  readonly x: Tensor;
  readonly attentionNorm: LayerNormSaved;
  readonly attention: SavedAttention;
  /** What the MLP's norm reads where that is not x. */
  readonly middle: Tensor | undefined;
  readonly mlpNorm: LayerNormSaved;
  /** Before the activation. */
  readonly inner: Tensor;
  readonly adapted: Readonly<Record<FusedProjection, SavedProjection>>;
};

/** Attention by one joined projection, and an MLP that reads what attention added to (sequential) or the block's own input (parallel). */
export function fusedBlock(
  config: FusedConfig,
  layer: number,
  { projections: own, attentionNorm, mlpNorm }: FusedWeights,
  frozen: FrozenWeights,
): Block<FusedSaved> {
  const form: AttentionForm = { ...config, window: undefined, rotary: config.rotary === undefined ? undefined : 0 };
  const isParallel = config.residual === "parallel";
  const layout = qkvLayout(config);
  const bend = nonlinearityOf(config.activation);
  const normed = (x: Tensor, { weight, bias }: Norm) => layerNorm(x, weight, bias, config.normEpsilon);

  function forward(x: Tensor, pass: BlockPass): { y: Tensor; saved: FusedSaved } {
    const { hooks, hookPass } = pass;
    const { y: first, ...firstSaved } = normed(x, attentionNorm);
    const joined = project(own.qkv, first, hooks, hookPass);
    const { q, k, v } = layout.split(joined.output);
    const { mixed, saved: attention } = attend(q, k, v, form, pass, layer);
    const attended = project(own.attentionOutput, mixed, hooks, hookPass);
    const middle = add(x, attended.output);
    const { y: second, ...secondSaved } = normed(isParallel ? x : middle, mlpNorm);
    const wide = project(own.up, second, hooks, hookPass);
    const narrow = project(own.down, bend.forward(wide.output), hooks, hookPass);
    return {
      y: add(middle, narrow.output),
      saved: {
        x,
        attentionNorm: firstSaved,
        attention,
        middle: isParallel ? undefined : middle,
        mlpNorm: secondSaved,
        inner: wide.output,
        adapted: { qkv: joined.saved, attentionOutput: attended.saved, up: wide.saved, down: narrow.saved },
      },
    };
  }

  function backward(dy: Tensor, saved: FusedSaved, pass: BlockPass, needsInput: boolean, gradients: Gradients): Tensor | undefined {
    const { adapted, x, middle } = saved;
    const isAttentionAdapted = adapted.qkv !== undefined || adapted.attentionOutput !== undefined;
    const dSecond = mlpBackward(dy, saved, needsInput || (!isParallel && isAttentionAdapted), gradients);
    // What reaches attention's output, and past it the block's input: in parallel the MLP's own gradient joins only there.
    const dMiddle = middle === undefined ? dy : dSecond && layerNormGrad(middle, saved.mlpNorm, mlpNorm.weight, dSecond, dy);
    if (dMiddle === undefined) return undefined;
    const dFirst = attentionBackward(dMiddle, saved, pass, needsInput, gradients);
    if (dFirst === undefined) return undefined;
    const past = middle === undefined && dSecond ? layerNormGrad(x, saved.mlpNorm, mlpNorm.weight, dSecond, dy) : dMiddle;
    return layerNormGrad(x, saved.attentionNorm, attentionNorm.weight, dFirst, past);
  }

  /** The gradient of the MLP norm's output when it is needed. */
  function mlpBackward(dy: Tensor, { adapted, inner }: FusedSaved, needsNorm: boolean, gradients: Gradients): Tensor | undefined {
    const dActive = sum(projectBackward(own.down, dy, adapted.down, needsNorm || adapted.up !== undefined, gradients));
    if (dActive === undefined) return undefined;
    return sum(projectBackward(own.up, bend.backward(inner, dActive), adapted.up, needsNorm, gradients));
  }

  /** The gradient of the attention norm's output when it is needed. */
  function attentionBackward(
    dOutput: Tensor,
    { adapted, attention }: FusedSaved,
    pass: BlockPass,
    needsNorm: boolean,
    gradients: Gradients,
  ): Tensor | undefined {
    const needsQkv = needsNorm || adapted.qkv !== undefined;
    const dMixed = sum(projectBackward(own.attentionOutput, dOutput, adapted.attentionOutput, needsQkv, gradients));
    if (dMixed === undefined) return undefined;
    const { dQ, dK, dV } = attendBackward(dMixed, attention, form, pass, { q: true, k: true, v: true });
    const dJoined = layout.join({ q: dQ, k: dK, v: dV } as { q: Tensor; k: Tensor; v: Tensor });
    return sum(projectBackward(own.qkv, dJoined, adapted.qkv, needsNorm, gradients));
  }

  function step(x: Tensor, pass: StepPass): Tensor {
    const { q, k, v } = layout.split(inStep(own.qkv, normed(x, attentionNorm).y, pass));
    const middle = add(x, inStep(own.attentionOutput, attendOneToken(q, k, v, form, pass, layer), pass));
    const second = normed(isParallel ? x : middle, mlpNorm).y;
    return add(middle, inStep(own.down, bend.forward(inStep(own.up, second, pass)), pass));
  }

  function inStep(projection: Projection, x: Tensor, { hooks, hookPass, dtype }: StepPass): Tensor {
    return stepProject(frozen.projectionForDecoding(projection, dtype), x, hooks, hookPass);
  }

  return { layer, window: undefined, projections: FUSED_PROJECTIONS.map((role) => own[role]), forward, backward, step };
}
