import type { FusedConfig } from "@/lib/contract/architectures/decoder-config";
import { concat, reshape, split } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";

export type QueriesKeysValues = { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor };

/** Takes the outputs of a joined projection apart, (n, 3 · dModel) → (n, dModel) each, and puts their gradients together again. */
export type QkvLayout = { split(joined: Tensor): QueriesKeysValues; join(parts: QueriesKeysValues): Tensor };

export function qkvLayout(config: FusedConfig): QkvLayout {
  return config.qkvLayout === "thirds" ? thirds(config) : byHead(config);
}

/** All queries, then keys, then values. */
function thirds({ dModel }: FusedConfig): QkvLayout {
  return {
    split(joined) {
      const [q, k, v] = split(joined, [dModel, dModel, dModel], 1) as [Tensor, Tensor, Tensor];
      return { q, k, v };
    },
    join: ({ q, k, v }) => concat([q, k, v], 1),
  };
}

/**
 * Head by head, each with its query, key and value. Where only the first dimensions of a head are rotated, those of queries and keys are
 * laid so that each rotated pair lies half a head apart, as in a head that is rotated whole: scores are sums over the dimensions in any order.
 */
function byHead({ dModel, dHead, heads, rotary }: FusedConfig): QkvLayout {
  const turned = (rotary?.dims ?? dHead) / 2;
  const still = dHead / 2 - turned;
  const isWhole = still === 0;
  const pieces = isWhole ? [dHead, dHead, dHead] : [turned, turned, still, still, turned, turned, still, still, dHead];
  const flat = (x: Tensor) => reshape(x, [(x.shape[0] ?? 0) / heads, dModel]);
  const byHeadRows = (x: Tensor) => reshape(x, [(x.shape[0] ?? 0) * heads, dHead]);
  return {
    split(joined) {
      const parts = split(reshape(joined, [(joined.shape[0] ?? 0) * heads, 3 * dHead]), pieces, 1);
      if (isWhole) {
        const [q, k, v] = parts as [Tensor, Tensor, Tensor];
        return { q: flat(q), k: flat(k), v: flat(v) };
      }
      const pair = (at: number) => flat(concat([parts[at], parts[at + 2], parts[at + 1], parts[at + 3]] as Tensor[], 1));
      return { q: pair(0), k: pair(4), v: flat(parts[8] as Tensor) };
    },
    join({ q, k, v }) {
      const unpaired = (x: Tensor) => {
        const [first, stillFirst, second, stillSecond] = split(byHeadRows(x), [turned, still, turned, still], 1) as [
          Tensor,
          Tensor,
          Tensor,
          Tensor,
        ];
        return [first, second, stillFirst, stillSecond];
      };
      const parts = isWhole ? [byHeadRows(q), byHeadRows(k), byHeadRows(v)] : [...unpaired(q), ...unpaired(k), byHeadRows(v)];
      return reshape(concat(parts, 1), [q.shape[0] ?? 0, 3 * dModel]);
    },
  };
}
