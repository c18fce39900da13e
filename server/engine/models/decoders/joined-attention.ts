import { type AttentionForm, attend, attendBackward, attendOneToken, type SavedAttention } from "@/server/engine/models/attention";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { stepOperations } from "./gated-step";
import type { JoinedWeights } from "./joined-weights";
import type { QkvLayout } from "./qkv-layout";
import { type SubLayer, sum } from "./sub-layer";

export type SavedJoinedAttention = {
  readonly attention: SavedAttention;
  readonly qkv: SavedProjection;
  readonly attentionOutput: SavedProjection;
};

/** Attention by one projection for queries, keys and values. */
export function joinedAttention(
  form: AttentionForm,
  layout: QkvLayout,
  layer: number,
  { projections: { qkv, attentionOutput } }: JoinedWeights,
  frozen: FrozenWeights,
  normEpsilon: number,
): SubLayer<SavedJoinedAttention> {
  return {
    projections: [qkv, attentionOutput],
    forward(x, pass) {
      const { hooks, hookPass } = pass;
      const joined = project(qkv, x, hooks, hookPass);
      const { q, k, v } = layout.split(joined.output);
      const { mixed, saved: attention } = attend(q, k, v, form, pass, layer);
      const { output, saved } = project(attentionOutput, mixed, hooks, hookPass);
      return { output, saved: { attention, qkv: joined.saved, attentionOutput: saved } };
    },
    backward(dOutput, saved, pass, needsInput, gradients) {
      const needsMixed = needsInput || saved.qkv !== undefined;
      const dMixed = sum(projectBackward(attentionOutput, dOutput, saved.attentionOutput, needsMixed, gradients));
      if (dMixed === undefined) return undefined;
      const { dQ, dK, dV } = attendBackward(dMixed, saved.attention, form, pass, { q: true, k: true, v: true });
      const dJoined = layout.join({ q: dQ, k: dK, v: dV } as { q: Tensor; k: Tensor; v: Tensor });
      return sum(projectBackward(qkv, dJoined, saved.qkv, needsInput, gradients));
    },
    isAdapted: (saved) => saved.qkv !== undefined || saved.attentionOutput !== undefined,
    step(x, { before, after }, pass) {
      const { normedTogether, addProjected } = stepOperations(frozen, normEpsilon, pass);
      const { q, k, v } = layout.split(normedTogether(x, before, qkv.weight, [qkv])[0] as Tensor);
      return addProjected(attentionOutput, attendOneToken(q, k, v, form, pass, layer), after, x);
    },
  };
}
