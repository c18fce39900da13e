import { describe, expect, it } from "vitest";
import { fromArrays, type StatisticsArrays, toArrays } from "@/server/engine/features/arrays";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionPlan, type CollectionStatistics, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { latentTable } from "@/server/engine/features/latent-table";
import { mergeCollections } from "@/server/engine/features/merge";
import { chooseProbes } from "@/server/engine/features/quiet-probes";
import { type InParts, wholly } from "@/server/engine/tensor/in-parts";
import { plan as basePlan, type RandomInput, randomInputs, randomStream } from "./random-pass";

/** Rows of the random inputs: so many fit one batch after another, that the sample of positions is halved several times. */
const rows = Array.from({ length: 120 }, (_, row) => ({ row, ids: new Int32Array(20) }));
const plan: CollectionPlan = { ...basePlan, seed: 3, probes: chooseProbes(rows, 3), coFiringPositions: 300, samplesPerBin: 4 };
const [name = ""] = plan.numLatents.keys();

/** So many tokens, and so little memory for their counts, that these become estimates. */
const manyTokens = 400;
const estimated: CollectionPlan = { ...plan, vocab: manyTokens, tokenBytes: 0 };

/** Sums in floating point, whose last bits depend on how the rows are cut into shards. */
const sums = ["sum", "sumSquares", "secondMoment", "thirdMoment", "contributions", "squares"];

function collected(inputs: readonly RandomInput[], into = createCollectionStatistics(plan)): CollectionStatistics {
  for (const _ of collectActivations(into, inputs, ({ kept }) => new Map([[name, kept]]), { maxTokens: Infinity })) {
  }
  return into;
}

const arraysOf = (statistics: CollectionStatistics) => wholly(toArrays(statistics));
const fromArraysOf = (stored: StatisticsArrays) => wholly(fromArrays(stored));
const mergeInto = (into: CollectionStatistics, from: CollectionStatistics) => wholly(mergeCollections(into, from));

function merged(parts: readonly CollectionStatistics[], into = createCollectionStatistics(plan)): CollectionStatistics {
  for (const part of parts) mergeInto(into, part);
  return into;
}

/** Written and read back, as a shard that another worker made. */
function passedOn(statistics: CollectionStatistics): CollectionStatistics {
  const { header, arrays } = arraysOf(statistics);
  const copies = new Map([...arrays].map(([key, values]) => [key, values.slice()]));
  return fromArraysOf({ header: JSON.parse(JSON.stringify(header)), arrays: copies });
}

/** All that a person is shown; the order of sums may change a mean's last digits. */
function shown(statistics: CollectionStatistics) {
  return [...statistics.modules.values()].map((module) => ({
    tokens: statistics.tokens,
    rows: statistics.rows,
    latents: [...latentTable(statistics, module, String)].map(({ meanActivation, meanSquare, skewness, outputShare, ...row }) => ({
      ...row,
      rounded: [meanActivation, meanSquare, skewness, outputShare].map((value) => value?.toFixed(9)),
      examples: module.examples.of(row.index),
    })),
  }));
}

describe("merged shards", () => {
  const inputs = randomInputs(60, 11);
  const whole = collected(inputs);
  const shards = () => [inputs.slice(0, 7), inputs.slice(7, 41), inputs.slice(41)].map((shard) => collected(shard));

  it.each([[[0, 1, 2]], [[2, 0, 1]], [[1, 2, 0]]])("give what one pass gives, in the order %j", (order) => {
    const parts = shards();
    expect(shown(merged(order.flatMap((at) => parts[at] ?? [])))).toEqual(shown(whole));
  });

  it.each([1, 2, 3])(
    "cut at random into %i are one pass's to the bit in counts, extremes, examples, samples, probes and co-firing",
    (parts) => {
      const expected = arraysOf(whole);
      expect(expected.header.sample.halvings).toBeGreaterThan(2);
      for (let seed = 1; seed <= 4; seed++) {
        const random = randomStream(100 * parts + seed);
        const cut = Array.from({ length: parts }, (): RandomInput[] => []);
        for (const input of inputs) cut[Math.floor(random() * parts)]?.push(input);
        const { header, arrays } = arraysOf(merged(cut.map((shard) => collected(shard))));
        expect(header).toEqual(expected.header);
        expect([...arrays.keys()]).toEqual([...expected.arrays.keys()]);
        for (const [key, values] of arrays) {
          const isSum = sums.some((field) => key === `${name}.${field}`);
          const others = expected.arrays.get(key);
          if (!isSum) expect([key, values]).toEqual([key, others]);
          for (const [at, value] of isSum ? values.entries() : []) expect(value).toBeCloseTo(others?.[at] ?? Number.NaN, 9);
        }
      }
    },
  );

  it("are the same to the bit in all, sums and estimated token counts too, whichever workers make them, in the order of the shards", () => {
    const many = randomInputs(60, 11, manyTokens);
    const cut = [many.slice(0, 7), many.slice(7, 41), many.slice(41)];
    const shard = (part: readonly RandomInput[]) => collected(part, createCollectionStatistics(estimated));
    const byOne = merged(cut.map(shard), createCollectionStatistics(estimated));
    // Made last first, and each written and read back.
    const byOthers = [...cut].reverse().map((part) => passedOn(shard(part)));
    const byTwo = merged(byOthers.reverse(), createCollectionStatistics(estimated));
    expect(arraysOf(byTwo)).toEqual(arraysOf(byOne));
    expect([...latentTable(byOne, byOne.modules.get(name) ?? expect.unreachable(), String)][0]?.topTokens[0]?.error).toBeGreaterThan(0);
  });

  it("are added up, written and read a module at a time, so that the rest of the worker runs between", () => {
    const modules = new Map([...plan.numLatents, ["layers.1.q_proj", 13]]);
    const two = () => createCollectionStatistics({ ...plan, numLatents: modules });
    const parts = (work: InParts<unknown>) => [...work].length;
    expect(parts(mergeCollections(two(), two()))).toBe(2);
    expect(parts(toArrays(two()))).toBe(2);
    expect(parts(fromArrays(arraysOf(two())))).toBe(2);
  });

  it("leave the merged statistics unchanged", () => {
    const part = collected(inputs.slice(0, 20));
    const before = passedOn(part);
    merged([part, collected(inputs.slice(20))]);
    expect(arraysOf(part)).toEqual(arraysOf(before));
  });

  it("do not merge when the plans differ", () => {
    for (const change of [
      { examples: 4 },
      { seed: 4 },
      { probes: [] },
      { coFiringPositions: 299 },
      { samplesPerBin: 5 },
      { tokenBytes: 1 },
    ]) {
      const other = createCollectionStatistics({ ...plan, ...change });
      expect(() => mergeInto(other, whole)).toThrow(/not of one plan/);
    }
  });
});

describe("statistics written as arrays and read back", () => {
  const inputs = randomInputs(30, 5);
  const inputsOf = ({ vocab }: CollectionPlan) => (vocab === manyTokens ? randomInputs(30, 5, manyTokens) : inputs);

  it.each<[string, CollectionPlan]>([
    ["exact token counts", plan],
    ["estimated token counts", estimated],
  ])("continue as if never interrupted, with %s", (_, ofPlan) => {
    const given = inputsOf(ofPlan);
    const whole = collected(given, createCollectionStatistics(ofPlan));
    const half = collected(given.slice(0, 17), createCollectionStatistics(ofPlan));
    const resumed = collected(given.slice(17), passedOn(half));
    expect(shown(resumed)).toEqual(shown(whole));
    expect(arraysOf(passedOn(whole))).toEqual(arraysOf(whole));
  });

  it("can be empty", () => {
    expect(shown(collected(inputs, passedOn(createCollectionStatistics(plan))))).toEqual(shown(collected(inputs)));
  });

  it("name an array that is missing or does not fit", () => {
    const { header, arrays } = arraysOf(collected(inputs));
    const short = new Map([...arrays, [`${name}.fireCount`, new Int32Array(2)]]);
    expect(() => fromArraysOf({ header, arrays: short })).toThrow(
      "layers.0.q_proj.fireCount is Int32Array(2) where Int32Array(13) belongs",
    );
    const cut = new Map([...arrays, [`${name}.exampleRows`, new Int32Array(2)]]);
    expect(() => fromArraysOf({ header, arrays: cut })).toThrow(
      /layers\.0\.q_proj\.exampleRows is Int32Array\(2\) where Int32Array\(\d+\) belongs/,
    );
    arrays.delete(`${name}.max`);
    expect(() => fromArraysOf({ header, arrays })).toThrow("array layers.0.q_proj.max is missing");
  });
});
