import { createKeyValueCache, freeCache, type KeyValueCache } from "@/server/engine/tensor/attention";

/** A text being generated: its keys and values in each block. Freed by `freeSequence`. */
export type Sequence = {
  readonly caches: readonly KeyValueCache[];
  readonly maxTokens: number;
  readonly promptLength: number;
  /** Tokens read so far. */
  length: number;
};

export function createSequence(numLayers: number, kvHeads: number, dHead: number, promptLength: number, maxTokens: number): Sequence {
  const caches = Array.from({ length: numLayers }, () => createKeyValueCache(maxTokens, kvHeads, dHead));
  return { caches, maxTokens, promptLength, length: 0 };
}

export function freeSequence(sequence: Sequence): void {
  for (const cache of sequence.caches) freeCache(cache);
}
