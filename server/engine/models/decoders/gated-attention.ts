import {
  type AttentionForm,
  attend,
  attendBackward,
  attendOneToken,
  rotationOf,
  type SavedAttention,
} from "@/server/engine/models/attention";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import { type AttentionStepParts, attentionStep } from "@/server/engine/tensor/sub-layer-step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { stepOperations } from "./gated-step";
import { ATTENTION_INPUTS, ATTENTION_PROJECTIONS, type AttentionProjection, type AttentionWeights } from "./gated-weights";
import { queryKeyNorm, queryKeyNormGrad, type SavedQueryKeyNorm } from "./query-key-norm";
import { type SubLayer, sum } from "./sub-layer";

export type SavedGatedAttention = {
  readonly query: SavedQueryKeyNorm;
  readonly key: SavedQueryKeyNorm;
  readonly attention: SavedAttention;
  readonly adapted: Readonly<Record<AttentionProjection, SavedProjection>>;
};

/** Attention by separate projections, with norms of queries and keys where the architecture has them. */
export function gatedAttention(
  form: AttentionForm,
  layer: number,
  { projections: own, qkv, queryNorm, keyNorm }: AttentionWeights,
  frozen: FrozenWeights,
  normEpsilon: number,
): SubLayer<SavedGatedAttention> {
  return {
    projections: ATTENTION_PROJECTIONS.map((role) => own[role]),
    forward(x, pass) {
      const { hooks, hookPass } = pass;
      const q = project(own.q, x, hooks, hookPass);
      const k = project(own.k, x, hooks, hookPass);
      const v = project(own.v, x, hooks, hookPass);
      const query = queryKeyNorm(q.output, queryNorm, normEpsilon);
      const key = queryKeyNorm(k.output, keyNorm, normEpsilon);
      const { mixed, saved: attention } = attend(query.y, key.y, v.output, form, pass, layer);
      const o = project(own.attentionOutput, mixed, hooks, hookPass);
      const adapted = { q: q.saved, k: k.saved, v: v.saved, attentionOutput: o.saved };
      return { output: o.output, saved: { query: query.saved, key: key.saved, attention, adapted } };
    },
    backward(dOutput, { query, key, attention, adapted }, pass, needsInput, gradients) {
      const needs = {
        q: needsInput || adapted.q !== undefined,
        k: needsInput || adapted.k !== undefined,
        v: needsInput || adapted.v !== undefined,
      };
      const needsMixed = ATTENTION_INPUTS.some((role) => needs[role]);
      const dMixed = sum(projectBackward(own.attentionOutput, dOutput, adapted.attentionOutput, needsMixed, gradients));
      if (dMixed === undefined) return undefined;
      const { dQ, dK, dV } = attendBackward(dMixed, attention, form, pass, needs);
      const dOutputs = { q: dQ && queryKeyNormGrad(query, queryNorm, dQ), k: dK && queryKeyNormGrad(key, keyNorm, dK), v: dV };
      return sum(
        ATTENTION_INPUTS.flatMap((role) => {
          const dRole = dOutputs[role];
          return dRole === undefined ? [] : projectBackward(own[role], dRole, adapted[role], needsInput, gradients);
        }),
      );
    },
    isAdapted: ({ adapted }) => ATTENTION_PROJECTIONS.some((role) => adapted[role] !== undefined),
    step(x, { before, after }, pass) {
      const { forDecoding, decoding, updatesOf, normedTogether, addProjected } = stepOperations(frozen, normEpsilon, pass);
      if (before !== undefined && after === undefined && qkv !== undefined && queryNorm === undefined && keyNorm === undefined) {
        const rotation = rotationOf(form, pass, layer);
        const updates = { q: updatesOf(own.q), k: updatesOf(own.k), v: updatesOf(own.v), output: updatesOf(own.attentionOutput) };
        if (rotation !== undefined && areKnown(updates)) {
          const matrices = { qkv: forDecoding(qkv), output: decoding(own.attentionOutput).weight };
          return attentionStep(x, { gain: before, eps: normEpsilon }, { ...matrices, updates, ...rotation });
        }
      }
      const [q, k, v] = normedTogether(x, before, qkv, [own.q, own.k, own.v]) as [Tensor, Tensor, Tensor];
      const query = queryKeyNorm(q, queryNorm, normEpsilon).y;
      const key = queryKeyNorm(k, keyNorm, normEpsilon).y;
      return addProjected(own.attentionOutput, attendOneToken(query, key, v, form, pass, layer), after, x);
    },
  };
}

type StepUpdates = AttentionStepParts["updates"];

function areKnown(updates: { readonly [Role in keyof StepUpdates]: StepUpdates[Role] | undefined }): updates is StepUpdates {
  return updates.q !== undefined && updates.k !== undefined && updates.v !== undefined && updates.output !== undefined;
}
