import { EVENLY, type KeyBounds, keyBounds } from "@/server/engine/tensor/key-bounds";
import { type Layout, paddingOf, textsOf } from "./batch";

export type CausalRules = {
  /** How many tokens a token sees, itself the last of them and padding counted; all before it when absent. */
  readonly window: number | undefined;
  /** What attention gives for padding that has no token to see: nothing, or the mean of all. */
  readonly blind: "nothing" | "mean";
  /** Whether outputs at padding matter. Where they do not, padding after a row's tokens attends to nothing, which costs nothing. */
  readonly padding: "masked" | "unread";
};

/** A window as it acts on a row: one that is no shorter than the row hides nothing. */
export function windowWithin(window: number | undefined, tokens: number): number | undefined {
  return window === undefined || window >= tokens ? undefined : window;
}

/** Each token sees those of its text up to itself that are no padding. */
export function causalBounds(batch: Layout, { window = batch.tokens, blind, padding }: CausalRules): KeyBounds {
  const layout = paddingOf(batch);
  const lowest = (at: number) => Math.max(0, at + 1 - window);
  if (layout === "none" && batch.starts === undefined) return shared(batch.tokens, (at) => [lowest(at), at + 1]);
  return ofRows(batch, (at, real, row) => {
    if (layout === "right" && padding === "unread" && real.before[at] !== at) return NOTHING;
    const first = Math.max(batch.starts?.[row * batch.tokens + at] ?? 0, lowest(at));
    return between(real, first, at) ?? (blind === "mean" ? EVEN : NOTHING);
  });
}

/** Each token sees all of its text that are no padding. */
export function textBounds(batch: Layout): KeyBounds {
  const { rows, tokens, starts } = batch;
  if (paddingOf(batch) === "none" && starts === undefined) return shared(tokens, () => [0, tokens]);
  const ends = new Int32Array(rows * tokens);
  for (const { from, to } of textsOf(batch)) ends.fill(to, from, to);
  return ofRows(batch, (at, real, row) => {
    const place = row * tokens + at;
    return between(real, starts?.[place] ?? 0, (ends[place] as number) - row * tokens - 1) ?? EVEN;
  });
}

/** The first key that is seen and the one after the last. */
type Interval = readonly [first: number, end: number];

const NOTHING: Interval = [0, 0];
const EVEN: Interval = [EVENLY, EVENLY];

/** By token: the nearest real one at or before it, −1 where there is none, and at or after it. */
type RealTokens = { readonly before: Int32Array; readonly after: Int32Array };

function shared(tokens: number, seen: (at: number) => Interval): KeyBounds {
  const values = new Int32Array(2 * tokens);
  for (let at = 0; at < tokens; at++) values.set(seen(at), 2 * at);
  return keyBounds(values, 1);
}

function ofRows({ rows, tokens, attentionMask }: Layout, seen: (at: number, real: RealTokens, row: number) => Interval): KeyBounds {
  const values = new Int32Array(2 * rows * tokens);
  let hidden: Int32Array | undefined;
  for (let row = 0; row < rows; row++) {
    const mask = attentionMask?.subarray(row * tokens, (row + 1) * tokens) ?? new Int32Array(tokens).fill(1);
    const real = realTokens(mask);
    for (let at = 0; at < tokens; at++) values.set(seen(at, real, row), 2 * (row * tokens + at));
    if (mask.subarray(real.after[0], (real.before[tokens - 1] as number) + 1).includes(0)) {
      hidden ??= new Int32Array(rows * tokens);
      hidden.set(
        mask.map((one) => (one === 0 ? 1 : 0)),
        row * tokens,
      );
    }
  }
  return keyBounds(values, rows, hidden);
}

function realTokens(mask: Int32Array): RealTokens {
  const [before, after] = [new Int32Array(mask.length), new Int32Array(mask.length)];
  for (let at = 0, last = -1; at < mask.length; at++) before[at] = last = mask[at] === 0 ? last : at;
  for (let at = mask.length - 1, next = mask.length; at >= 0; at--) after[at] = next = mask[at] === 0 ? next : at;
  return { before, after };
}

/** From the first real token of lowest…highest to its last. */
function between({ before, after }: RealTokens, lowest: number, highest: number): Interval | undefined {
  const [first, last] = [after[lowest] as number, before[highest] as number];
  return first <= last ? [first, last + 1] : undefined;
}
