import type { FusedConfig } from "@/lib/contract/architectures/decoder-config";
import type { HeadShape } from "@/server/engine/models/attention";
import { concat, reshape, split } from "@/server/engine/tensor/layout";
import { sizeOf, type Tensor } from "@/server/engine/tensor/tensor";

export type QueriesKeysValues = { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor };

/** Takes the outputs of a joined projection apart, (n, (heads + 2 · kvHeads) · dHead), and puts their gradients together again. */
export type QkvLayout = { split(joined: Tensor): QueriesKeysValues; join(parts: QueriesKeysValues): Tensor };

export function qkvLayout(config: FusedConfig): QkvLayout {
  return config.qkvLayout === "thirds" ? inTurn(config, config.rotary?.dims ?? config.dHead) : byHead(config);
}

/**
 * All queries, then keys, then values. Where only the first `dims` dimensions of a head are rotated, those of queries and keys are laid so that
 * each rotated pair lies half a head apart, as in a head that is rotated whole: scores are sums over the dimensions in any order.
 */
export function inTurn({ heads, kvHeads, dHead }: Pick<HeadShape, "heads" | "kvHeads" | "dHead">, dims: number): QkvLayout {
  const [turned, still] = [dims / 2, (dHead - dims) / 2];
  const widths = [heads * dHead, kvHeads * dHead, kvHeads * dHead];
  /** Each head in four pieces, of which the two in the middle change places. */
  function swapped(x: Tensor, pieces: readonly number[]): Tensor {
    if (still === 0) return x;
    const [first, second, third, last] = split(reshape(x, [sizeOf(x.shape) / dHead, dHead]), pieces, 1) as [Tensor, Tensor, Tensor, Tensor];
    return reshape(concat([first, third, second, last], 1), x.shape);
  }
  const paired = (x: Tensor) => swapped(x, [turned, turned, still, still]);
  const unpaired = (x: Tensor) => swapped(x, [turned, still, turned, still]);
  return {
    split(joined) {
      const [q, k, v] = split(joined, widths, 1) as [Tensor, Tensor, Tensor];
      return { q: paired(q), k: paired(k), v };
    },
    join: ({ q, k, v }) => concat([unpaired(q), unpaired(k), v], 1),
  };
}

/** Head by head, each with its query, key and value; rotated pairs are laid as above. */
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
