import { type Projection, project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { flashAttention, flashAttentionGrad, type SavedFlash } from "@/server/engine/tensor/flash-attention";
import { reshape } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { SelfAttention } from "./encoder-block";

export const ATTENTION_INPUTS = ["query", "key", "value"] as const;
type Input = (typeof ATTENTION_INPUTS)[number];

/** Queries, keys and values, each (dModel → heads · dHead). */
export type InputProjections = Readonly<Record<Input, Projection>>;

type HeadSizes = { readonly heads: number; readonly dHead: number };

export type SavedSelfAttention = { readonly attention: SavedFlash; readonly adapted: Readonly<Record<Input, SavedProjection>> };

type Out = ReturnType<typeof project>;

/** @param read gives the projection of an input */
export function inputProjections(read: (name: Input) => Projection): InputProjections {
  return { query: read("query"), key: read("key"), value: read("value") };
}

/**
 * Attention in which every token sees all real ones of its input, by the flash kernel.
 *
 * @param own its projections
 */
export function flashSelfAttention(own: InputProjections, { heads, dHead }: HeadSizes): SelfAttention<SavedSelfAttention> {
  const factors = { scale: dHead ** -0.5 };
  const width = heads * dHead;

  return {
    projections: ATTENTION_INPUTS.map((name) => own[name]),
    forward(x, pass) {
      const [q, k, v] = ATTENTION_INPUTS.map((name) => project(own[name], x, pass.hooks, pass.hookPass)) as [Out, Out, Out];
      const byHead = ({ output }: Out) => reshape(output, [pass.rows, pass.tokens, heads, dHead]);
      const { mixed, saved } = flashAttention(byHead(q), byHead(k), byHead(v), pass.bounds, factors);
      const adapted = { query: q.saved, key: k.saved, value: v.saved };
      return { mixed: reshape(mixed, [pass.rows * pass.tokens, width]), saved: { attention: saved, adapted } };
    },
    isAdapted: ({ adapted }) => ATTENTION_INPUTS.some((name) => adapted[name] !== undefined),
    backward(dMixed, { attention, adapted }, pass, needsInput, gradients: Gradients) {
      const needs = (name: Input) => needsInput || adapted[name] !== undefined;
      const dHeads = reshape(dMixed, attention.q.shape);
      const wanted = { q: needs("query"), k: needs("key"), v: needs("value") };
      const { dQ, dK, dV } = flashAttentionGrad(dHeads, attention, pass.bounds, factors, wanted);
      const back = (name: Input, d: Tensor | undefined) =>
        d === undefined ? [] : projectBackward(own[name], reshape(d, dMixed.shape), adapted[name], needsInput, gradients);
      return [...back("query", dQ), ...back("key", dK), ...back("value", dV)];
    },
  };
}
