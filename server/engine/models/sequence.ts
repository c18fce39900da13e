import { createKeyValueCache, freeCache, type KeyValueCache } from "@/server/engine/tensor/attention";

/** A text being generated: its keys and values in each block, of a block with a window the last ones. Freed by `freeSequence`. */
export type Sequence = {
  readonly caches: readonly KeyValueCache[];
  readonly maxTokens: number;
  readonly promptLength: number;
  /** Tokens read so far. */
  length: number;
};

/** @param windows of each block, undefined where a token sees all before it */
export function createSequence(
  windows: readonly (number | undefined)[],
  kvHeads: number,
  dHead: number,
  promptLength: number,
  maxTokens: number,
): Sequence {
  const caches = windows.map((window) =>
    window === undefined || window >= maxTokens
      ? createKeyValueCache(maxTokens, kvHeads, dHead)
      : createKeyValueCache(window, kvHeads, dHead, "sliding"),
  );
  return { caches, maxTokens, promptLength, length: 0 };
}

export function freeSequence(sequence: Sequence): void {
  for (const cache of sequence.caches) freeCache(cache);
}
