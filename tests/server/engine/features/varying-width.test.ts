import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { adapterForward } from "@/server/engine/features/adapter-forward";
import { fromArrays, toArrays } from "@/server/engine/features/arrays";
import { coFiring } from "@/server/engine/features/co-firing";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionStatistics, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { latentTable } from "@/server/engine/features/latent-table";
import { mergeCollections } from "@/server/engine/features/merge";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { toyBatchTopK, toyRows } from "@/tests/server/engine/effects/toy-adapters";
import { loadToy } from "@/tests/server/engine/toy";

describe("a collection of latents of which tokens keep different numbers", () => {
  let model: CausalModel;
  let adapter: Adapter;
  const rows = toyRows().map(({ ids }, row) => ({ row, ids, domain: row % 2 }));

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    adapter = toyBatchTopK(model, ["q_proj", "v_proj"]);
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const empty = () => {
    const numLatents = new Map(adapter.modules.map((module) => [module.module, module.numLatents]));
    return createCollectionStatistics({ numLatents, numDomains: 2, vocab: 23, rank: "value", coFiringPositions: 64, seed: 3 });
  };

  /** @param rowsAtOnce of one pass, whose widest token makes its width */
  function collected(own: typeof rows, rowsAtOnce: number, positionsAtOnce: number, into = empty()): CollectionStatistics {
    const inputs = Array.from({ length: Math.ceil(own.length / rowsAtOnce) }, (_, at) =>
      layTokenBatch(own.slice(at * rowsAtOnce, (at + 1) * rowsAtOnce), 0),
    );
    const work = collectActivations(into, inputs, adapterForward(model, adapter), { maxTokens: Infinity, positionsAtOnce });
    for (const _ of work) {
    }
    return into;
  }

  function shown(statistics: CollectionStatistics) {
    return [...statistics.modules].map(([name, module]) => ({
      name,
      latents: [...latentTable(statistics, module, String)].map(({ meanActivation, meanSquare, skewness, outputShare, ...row }) => ({
        ...row,
        rounded: [meanActivation, meanSquare, skewness, outputShare].map((value) => value?.toFixed(4)),
        together: coFiring(statistics, name)(row.index),
      })),
    }));
  }

  it("counts what each row alone keeps, however rows share passes", () => {
    const counts = new Map(adapter.modules.map(({ module, numLatents }) => [module, new Uint32Array(numLatents)]));
    const widths = new Set<number>();
    for (const { ids } of rows) {
      const hooks = adapterHooks(adapter, {
        onActivations({ module }, { width, indices, values }) {
          widths.add(width);
          indices.forEach((index, at) => {
            const own = counts.get(module);
            if (own !== undefined && values[at] !== 0) own[index] = (own[index] ?? 0) + 1;
          });
        },
      });
      free(model.forward({ ids, rows: 1, tokens: ids.length }, { hooks }));
    }
    expect(widths.size).toBeGreaterThan(2);
    for (const [rowsAtOnce, positionsAtOnce] of [
      [1, 1],
      [1, 1000],
      [3, 20],
      [11, 1],
    ] as const) {
      const statistics = collected(rows, rowsAtOnce, positionsAtOnce);
      for (const [name, { fireCount }] of statistics.modules) expect(fireCount).toEqual(counts.get(name));
    }
  });

  it("gives the same table and co-firing in one pass, in passes of their own, and from shards that were written and merged", () => {
    const whole = shown(collected(rows, 1, 1000));
    expect(whole.some(({ latents }) => latents.some(({ together }) => together.length > 0))).toBe(true);
    expect(shown(collected(rows, 1, 1))).toEqual(whole);
    const merged = empty();
    for (const part of [rows.slice(5), rows.slice(0, 2), rows.slice(2, 5)]) {
      const { header, arrays } = wholly(toArrays(collected(part, 1, 1)));
      const copies = new Map([...arrays].map(([key, values]) => [key, values.slice()]));
      wholly(mergeCollections(merged, wholly(fromArrays({ header, arrays: copies }))));
    }
    expect(shown(merged)).toEqual(whole);
  });

  it("keeps about k latents a token on the rows that set the thresholds", () => {
    const statistics = collected(rows, 11, 1);
    for (const { fireCount } of statistics.modules.values()) {
      const mean = fireCount.reduce((sum, count) => sum + count, 0) / statistics.tokens;
      expect(mean).toBeGreaterThan(1);
      expect(mean).toBeLessThan(3);
    }
  });
});
