import { describe, expect, it } from "vitest";
import { fromArrays, toArrays } from "@/server/engine/features/arrays";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionPlan, type CollectionStatistics, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { exampleList, exampleRows } from "@/server/engine/features/example-list";
import { latentTable } from "@/server/engine/features/latent-table";
import { mergeCollections } from "@/server/engine/features/merge";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { wholly } from "@/server/engine/tensor/in-parts";
import { type RandomInput, randomStream, withoutUpdate } from "./random-pass";

const vocab = 19;
const rank = 3;
const plan: CollectionPlan = { numLatents: new Map([["q", rank]]), numDomains: 1, vocab, rank: "magnitude", examples: 4 };

/** Rows of which every token has an activation of every component: the first of both signs, the second positive, the third larger at token 7. */
function denseInputs(batches: number, seed: number): RandomInput[] {
  const random = randomStream(seed);
  return Array.from({ length: batches }, (_, at) => {
    const rows = [0, 1].map((place) => ({
      row: 2 * at + place,
      ids: Array.from({ length: 5 + Math.floor(random() * 30) }, () => Math.floor(random() * vocab)),
      domain: 0,
    }));
    const { batch } = layTokenBatch(rows, 0);
    const values = Float32Array.from({ length: batch.ids.length * rank }, (_, entry) => {
      const size = Math.floor(random() * 60) / 16 + 1 / 16;
      const component = entry % rank;
      const token = batch.ids[Math.floor(entry / rank)];
      if (component === 0) return random() < 0.4 ? -size : size;
      return component === 1 ? size : token === 7 ? 8 + size : -size;
    });
    const indices = Int32Array.from(values, (_, entry) => entry % rank);
    return { batch, kept: withoutUpdate(indices, values, batch.ids.length) };
  });
}

function collected(inputs: readonly RandomInput[], into = createCollectionStatistics(plan)): CollectionStatistics {
  for (const _ of collectActivations(into, inputs, ({ kept }) => new Map([["q", kept]]), { maxTokens: Infinity })) {
  }
  return into;
}

function moduleOf(statistics: CollectionStatistics) {
  const module = statistics.modules.get("q");
  if (module === undefined) throw new Error("the module is gone");
  return module;
}

const tableOf = (statistics: CollectionStatistics) => [...latentTable(statistics, moduleOf(statistics), (id) => `<${id}>`)];

/** Each component's activation at each counted position. */
function activationsOf(inputs: readonly RandomInput[], component: number) {
  return inputs.flatMap(({ batch, kept }) =>
    Array.from(batch.counted, (isCounted, place) => ({
      isCounted: isCounted === 1,
      value: kept.values[place * rank + component] ?? 0,
      token: batch.ids[place] ?? -1,
      row: batch.rows[place] ?? -1,
      position: batch.positions[place] ?? -1,
    })).filter(({ isCounted }) => isCounted),
  );
}

/** The tail of one sign, worked out from all activations at once. */
function plainTail(inputs: readonly RandomInput[], component: number, sign: 1 | -1) {
  const all = activationsOf(inputs, component);
  const tail = all
    .filter(({ value }) => sign * value > 0)
    .sort((a, b) => sign * (b.value - a.value) || a.token - b.token)
    .slice(0, Math.max(32, Math.ceil(0.01 * all.length)));
  const tokens = [...new Set(tail.map(({ token }) => token))].map((token) => {
    const count = tail.filter((one) => one.token === token).length;
    const lift = count / tail.length / (all.filter((one) => one.token === token).length / all.length);
    return { token: `<${token}>`, id: token, count, error: 0, lift };
  });
  const told = ({ count, lift }: { count: number; lift: number }) => (count / tail.length) * Math.log2(lift);
  return {
    positions: tail.length,
    tokens: tokens
      .filter(({ lift }) => lift > 1)
      .sort((a, b) => told(b) - told(a) || a.id - b.id)
      .slice(0, 12)
      .map(({ id: _, ...token }) => ({ ...token, lift: expect.closeTo(token.lift, 9) })),
  };
}

describe("dense components", () => {
  const inputs = denseInputs(30, 4);
  const statistics = collected(inputs);
  const table = tableOf(statistics);

  it("have the tokens of both tails that a plain loop over all positions finds", () => {
    for (const [component, row] of table.entries()) {
      expect(row.positiveTail, `positive ${component}`).toEqual(plainTail(inputs, component, 1));
      expect(row.negativeTail, `negative ${component}`).toEqual(plainTail(inputs, component, -1));
    }
    expect(table[2]?.positiveTail?.tokens[0]?.token).toBe("<7>");
    expect(table[1]?.negativeTail).toEqual({ positions: 0, tokens: [] });
  });

  it("count no tokens by firing, since they fire at all of them", () => {
    expect(table.map(({ topTokens, nextTokens, density }) => [topTokens, nextTokens, density])).toEqual(new Array(rank).fill([[], [], 1]));
  });

  it("have the strongest examples of either sign, one of a row", () => {
    for (let component = 0; component < rank; component++) {
      const all = activationsOf(inputs, component);
      const ends = ([1, -1] as const).map((sign) => {
        const sorted = all
          .filter(({ value }) => sign * value > 0)
          .sort((a, b) => sign * (b.value - a.value) || a.row - b.row || a.position - b.position);
        return sorted.filter(({ row }, at) => sorted.findIndex((other) => other.row === row) === at).slice(0, 4);
      });
      const module = { ...moduleOf(statistics), shape: { ...moduleOf(statistics).shape, vocab: 0 } };
      const listed = exampleList(module, component, () => new Int32Array(60));
      expect(listed.map(({ activation, row, position }) => ({ value: activation, row, position }))).toEqual(
        ends.flat().map(({ value, row, position }) => ({ value, row, position })),
      );
      for (const { row } of listed) expect(exampleRows([module])).toContain(row);
    }
  });

  it("are the same however the corpus is cut into shards, which may be written and read on the way", () => {
    const parts = [inputs.slice(0, 11), inputs.slice(11, 12), inputs.slice(12)].map((part) => collected(part));
    const whole = createCollectionStatistics(plan);
    for (const part of parts) wholly(mergeCollections(whole, wholly(fromArrays(wholly(toArrays(part))))));
    const [one, other] = [wholly(toArrays(whole)), wholly(toArrays(statistics))];
    for (const name of ["exampleValues", "lowExampleValues", "lowExampleRows", "positiveTailSizes", "negativeTailTokens"]) {
      expect(one.arrays.get(`q.${name}`), name).toEqual(other.arrays.get(`q.${name}`));
    }
    expect(tableOf(whole).map(({ positiveTail, negativeTail }) => [positiveTail, negativeTail])).toEqual(
      table.map(({ positiveTail, negativeTail }) => [positiveTail, negativeTail]),
    );
  });

  it("have no tails where positions have no vocabulary, and sparse latents have none", () => {
    const without = createCollectionStatistics({ ...plan, vocab: 0 });
    expect(tableOf(without)[0]?.positiveTail).toBeNull();
    const sparse = createCollectionStatistics({ ...plan, rank: "value" });
    expect(tableOf(sparse)[0]?.positiveTail).toBeNull();
  });
});
