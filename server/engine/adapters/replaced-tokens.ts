import { type HostActivations, layToken, type TokenActivations, tokenOf } from "@/server/engine/methods/activations";

/**
 * The same activations with some tokens' exchanged. Where those are wider, all are filled up with latents of activation 0 that they have not yet:
 * products leave such entries out, so that the other tokens' updates keep their last bit.
 */
export function replaceTokens(before: HostActivations, changed: ReadonlyMap<number, TokenActivations>): HostActivations {
  const { tokens } = before;
  let { width } = before;
  for (const { indices } of changed.values()) width = Math.max(width, indices.length);
  const replaced = { tokens, width, indices: new Int32Array(tokens * width), values: new Float32Array(tokens * width) };
  if (width === before.width) {
    replaced.indices.set(before.indices);
    replaced.values.set(before.values);
    for (const [token, own] of changed) layToken(replaced, token, own);
  } else {
    for (let token = 0; token < tokens; token++) layToken(replaced, token, changed.get(token) ?? tokenOf(before, token));
  }
  return replaced;
}

/** What some tokens' activations changed by, the tokens one after another; entries that did not change are left out, or 0 where others are wider. */
export function changesOf(before: HostActivations, changed: ReadonlyMap<number, TokenActivations>): HostActivations {
  const changes = Array.from(changed, ([token, after]) => changeOf(tokenOf(before, token), after));
  const width = changes.reduce((widest, { indices }) => Math.max(widest, indices.length), 1);
  const size = changes.length * width;
  const laid = { tokens: changes.length, width, indices: new Int32Array(size), values: new Float32Array(size) };
  changes.forEach((change, token) => {
    layToken(laid, token, change);
  });
  return laid;
}

function changeOf(before: TokenActivations, after: TokenActivations): TokenActivations {
  const changes = new Map<number, number>();
  before.indices.forEach((index, slot) => {
    changes.set(index, -(before.values[slot] as number));
  });
  after.indices.forEach((index, slot) => {
    changes.set(index, (after.values[slot] as number) + (changes.get(index) ?? 0));
  });
  const indices = Int32Array.from(changes.keys())
    .filter((index) => changes.get(index) !== 0)
    .sort();
  return { indices, values: Float32Array.from(indices, (index) => changes.get(index) ?? 0) };
}
