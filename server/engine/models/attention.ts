import type { LayerAttention } from "@/lib/contract/architectures/decoder-config";
import { scale } from "@/server/engine/tensor/arithmetic";
import { attendStep, type KeyValueCache, rotary, rotaryAttendStep } from "@/server/engine/tensor/attention";
import { flashAttention, flashAttentionGrad, type SavedFlash } from "@/server/engine/tensor/flash-attention";
import type { AttentionFactors, KeyBounds } from "@/server/engine/tensor/key-bounds";
import { reshape } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { BlockPass, Rotary, StepPass } from "./block";
import { windowWithin } from "./seen-keys";

/** Heads of an attention; `heads / kvHeads` queries share one key head. */
export type HeadShape = {
  readonly heads: number;
  readonly kvHeads: number;
  readonly dHead: number;
  /** What queries are multiplied by; rotary tables of queries have it in them. */
  readonly queryScale: number;
  /** Soft cap of the scores, before the mask; absent where they are not capped. */
  readonly scoreCap?: number | undefined;
};

/** What the attention of a layer does with its queries, keys and values. */
export type AttentionForm = HeadShape & LayerAttention;

export type SavedAttention = SavedFlash;

/** Which of the three gradients are needed. */
export type AttentionNeeds = { readonly q: boolean; readonly k: boolean; readonly v: boolean };

/**
 * Causal attention of q (n, heads · dHead) to k and v (n, kvHeads · dHead), n = rows · tokens.
 *
 * @returns mixed (n, heads · dHead)
 */
export function attend(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  shape: AttentionForm,
  pass: BlockPass,
  layer: number,
): { mixed: Tensor; saved: SavedAttention } {
  const { heads, kvHeads, dHead } = shape;
  const queries = turn(byToken(q, heads, dHead, pass), pass, "query", "forward", shape);
  const keys = turn(byToken(k, kvHeads, dHead, pass), pass, "key", "forward", shape);
  const values = byToken(v, kvHeads, dHead, pass);
  pass.onKeysValues?.(layer, keys, values);
  const { mixed, saved } = flashAttention(queries, keys, values, boundsOf(pass, shape), factorsOf(shape));
  return { mixed: flat(mixed), saved };
}

/** The gradients of `attend` by its inputs, in their shapes. */
export function attendBackward(
  dMixed: Tensor,
  saved: SavedAttention,
  shape: AttentionForm,
  pass: BlockPass,
  needs: AttentionNeeds,
): { dQ: Tensor | undefined; dK: Tensor | undefined; dV: Tensor | undefined } {
  const { dQ, dK, dV } = flashAttentionGrad(dMixed, saved, boundsOf(pass, shape), factorsOf(shape), needs);
  return {
    dQ: dQ && flat(turn(dQ, pass, "query", "backward", shape)),
    dK: dK && flat(turn(dK, pass, "key", "backward", shape)),
    dV: dV && flat(dV),
  };
}

/** One new token a row: q (rows, heads · dHead), k and v (rows, kvHeads · dHead) → (rows, heads · dHead). */
export function attendOneToken(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { heads, kvHeads, dHead, queryScale, scoreCap, rotary: table }: AttentionForm,
  pass: StepPass,
  layer: number,
): Tensor {
  const { rows } = pass;
  const { positions } = pass.hookPass;
  const caches = cachesOf(pass, layer);
  if (table !== undefined) return rotaryAttendStep(q, k, v, tablesOf(pass, table), caches, positions, scoreCap);
  const [keys, values] = [k, v].map((x) => reshape(x, [rows, kvHeads, dHead])) as [Tensor, Tensor];
  return attendStep(reshape(scale(q, queryScale), [rows, heads, dHead]), keys, values, caches, Array.from(positions), scoreCap);
}

/** What a layer's one-token attention takes beside queries, keys and values; undefined where it rotates none. */
export function rotationOf({ rotary: table, scoreCap }: AttentionForm, pass: StepPass, layer: number) {
  if (table === undefined) return undefined;
  return { tables: tablesOf(pass, table), caches: cachesOf(pass, layer), positions: pass.hookPass.positions, cap: scoreCap };
}

function cachesOf({ caches }: StepPass, layer: number): KeyValueCache[] {
  return caches.map((cachesOfRow) => {
    const cache = cachesOfRow[layer];
    if (cache === undefined) throw new RangeError(`a sequence has no cache for layer ${layer}`);
    return cache;
  });
}

function boundsOf({ bounds, tokens }: BlockPass, { window }: AttentionForm): KeyBounds {
  const found = bounds.get(windowWithin(window, tokens));
  if (found === undefined) throw new RangeError(`a layer asks for a window of ${window} tokens, which no block of the model has`);
  return found;
}

/** Rotary tables of queries have their scale in them. */
function factorsOf({ queryScale, scoreCap, rotary: table }: AttentionForm): AttentionFactors {
  return { scale: table === undefined ? queryScale : 1, cap: scoreCap };
}

function tablesOf({ rotary }: Pick<BlockPass, "rotary">, table: number): Rotary {
  const found = rotary[table];
  if (found === undefined) throw new RangeError(`a layer asks for rotary table ${table} of ${rotary.length}`);
  return found;
}

type Rows = { readonly rows: number; readonly tokens: number };

function byToken(x: Tensor, heads: number, dHead: number, { rows, tokens }: Rows): Tensor {
  return reshape(x, [rows, tokens, heads, dHead]);
}

/** The inverse of `byToken`. */
function flat(x: Tensor): Tensor {
  const [rows = 0, tokens = 0, heads = 0, dHead = 0] = x.shape;
  return reshape(x, [rows * tokens, heads * dHead]);
}

/** Rotates queries and keys where the layer does. */
function turn(
  x: Tensor,
  pass: Pick<BlockPass, "rotary">,
  which: "query" | "key",
  direction: "forward" | "backward",
  { rotary: table }: AttentionForm,
): Tensor {
  return table === undefined ? x : rotary(x, tablesOf(pass, table)[which], direction);
}
