import { expect, it } from "vitest";
import { wilsonInterval } from "@/lib/numbers/intervals";
import { fromArrays, toArrays } from "@/server/engine/features/arrays";
import { collectActivations } from "@/server/engine/features/collect";
import { type CollectionPlan, type CollectionStatistics, createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { bandList, exampleList, exampleRows } from "@/server/engine/features/example-list";
import { wholeWindow } from "@/server/engine/features/examples/window-arena";
import { latentTable } from "@/server/engine/features/latent-table";
import { mergeCollections } from "@/server/engine/features/merge";
import type { PositionBatch } from "@/server/engine/features/position-batch";
import { chooseProbes, quietProbes } from "@/server/engine/features/quiet-probes";
import { wholly } from "@/server/engine/tensor/in-parts";
import { withoutUpdate } from "./random-pass";

/** Patches of images of 2 × 3: two images of domain 0, one of domain 1. */
const patches = 6;
const images = [0, 1, 2];
const domainOf = (image: number) => (image === 2 ? 1 : 0);
/** Images 0 and 1 are of two classes, image 2 of none. */
const classOf = (image: number) => (image === 2 ? -1 : image);
const probes = chooseProbes(
  images.map((row) => ({ row, ids: { length: patches } })),
  0,
);

function layImages(rows: readonly number[]): PositionBatch {
  const size = rows.length * patches;
  return {
    ids: null,
    counted: new Uint8Array(size).fill(1),
    rows: Int32Array.from({ length: size }, (_, place) => rows[Math.floor(place / patches)] ?? 0),
    positions: Int32Array.from({ length: size }, (_, place) => place % patches),
    domains: Int32Array.from({ length: size }, (_, place) => domainOf(rows[Math.floor(place / patches)] ?? 0)),
    classes: Int32Array.from({ length: size }, (_, place) => classOf(rows[Math.floor(place / patches)] ?? 0)),
  };
}

/** Latent 0 fires at every patch, latent 1 at patches 4 and 5 of image 1 and at patch 4 of image 2, latent 2 never. */
function firingsOf({ rows, positions }: PositionBatch) {
  const size = rows.length;
  const [indices, values] = [new Int32Array(2 * size), new Float32Array(2 * size)];
  for (let place = 0; place < size; place++) {
    const [row, position] = [rows[place] ?? 0, positions[place] ?? 0];
    values[2 * place] = 0.5;
    indices[2 * place + 1] = 1;
    values[2 * place + 1] = row > 0 && position === 4 ? 2 * row : row === 1 && position === 5 ? 1 : 0;
  }
  return withoutUpdate(indices, values, size);
}

const plan = { numLatents: new Map([["q", 3]]), numDomains: 2, vocab: 0, rank: "value", probes } as const;
const ofImages = { ...plan, countsRows: true, numClasses: 2 };

function collect(rows: readonly number[], planned: CollectionPlan = ofImages): CollectionStatistics {
  const statistics = createCollectionStatistics(planned);
  const inputs = rows.map((row) => ({ batch: layImages([row]) }));
  for (const _ of collectActivations(statistics, inputs, ({ batch }) => new Map([["q", firingsOf(batch)]]), { maxTokens: Infinity })) {
  }
  return statistics;
}

function collectInShards(): CollectionStatistics {
  const whole = wholly(fromArrays(wholly(toArrays(collect([0, 1])))));
  wholly(mergeCollections(whole, collect([2])));
  return whole;
}

it("counts patches, in one pass as in shards that were stored and merged", () => {
  for (const statistics of [collect(images), collectInShards()]) {
    expect([statistics.tokens, statistics.rows, statistics.followed, [...statistics.domainTokens]]).toEqual([18, 3, 0, [12, 6]]);
    const module = moduleOf(statistics);
    const [everywhere, corner, dead] = latentTable(statistics, module, () => "no vocabulary");
    expect(everywhere).toMatchObject({ fireCount: 18, density: 1, rowShare: 1, selectivity: 0.5, topTokens: [], nextTokens: [] });
    expect(corner).toMatchObject({
      fireCount: 3,
      rowShare: 2 / 3,
      maxActivation: 4,
      minActivation: 1,
      meanActivation: 7 / 3,
      selectivity: 0.5,
    });
    expect(dead).toMatchObject({ fireCount: 0, meanActivation: null });
    expect(quietProbes(module, 2)).toHaveLength(3);
  }
});

it("counts images by domain and class, each once, and takes them for the trials of the selectivity", () => {
  for (const statistics of [collect(images), collectInShards()]) {
    expect([[...statistics.domainRows], [...statistics.classRows]]).toEqual([
      [2, 1],
      [1, 1],
    ]);
    const [everywhere, corner, dead] = latentTable(statistics, moduleOf(statistics), () => "no vocabulary");
    const counts = [everywhere, corner, dead].map((row) => [[...(row?.domainRows ?? [])], [...(row?.classRows ?? [])]]);
    expect(counts).toEqual([
      [
        [2, 1],
        [1, 1],
      ],
      [
        [1, 1],
        [0, 1],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ]);
    expect([everywhere, corner].map((row) => row?.selectivityInterval)).toEqual([wilsonInterval(0.5, 3), wilsonInterval(0.5, 2)]);
  }
  // Of texts, rows are counted by domain, but not those in which each latent fires.
  const rest = createCollectionStatistics(plan);
  expect([rest.domainRows.length, rest.classRows.length, moduleOf(rest).domainRows.length]).toEqual([2, 0, 0]);
  expect(() => wholly(mergeCollections(collect([0]), collect([1], { ...ofImages, numClasses: 3 })))).toThrow("not of one plan");
});

it("keeps the strongest images of a latent with its activations around the peak, and folds none", () => {
  const module = moduleOf(collect(images));
  const lengthOf = () => ({ length: patches });
  const [strongest, second, ...rest] = exampleList(module, 1, lengthOf);
  expect(strongest).toMatchObject({ row: 2, position: 4, activation: 4, from: 0, to: 6, duplicates: 0 });
  expect([...(second?.firingPositions ?? [])]).toEqual([4, 5]);
  expect([...(second?.firingActivations ?? [])]).toEqual([2, 1]);
  expect(rest).toEqual([]);
  expect(exampleList(module, 0, lengthOf).map(({ row, duplicates }) => [row, duplicates])).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
  ]);
  expect(exampleRows([module])).toEqual(images);
  expect(bandList(module, 1, lengthOf).reduce((sum, { firings }) => sum + firings, 0)).toBe(3);
});

it("keeps all activations of an image with each example where windows are whole, in one pass as in shards that were stored", () => {
  const patches = 300;
  const batch: PositionBatch = {
    ids: null,
    counted: new Uint8Array(patches).fill(1),
    rows: new Int32Array(patches),
    positions: Int32Array.from({ length: patches }, (_, place) => place),
    domains: new Int32Array(patches),
    classes: null,
  };
  // The latent fires at the first patch, and strongest at the last.
  const values = new Float32Array(patches);
  values.set([1], 0);
  values.set([2], patches - 1);
  const fired = withoutUpdate(new Int32Array(patches), values, patches);
  const window = wholeWindow(patches);
  const statistics = createCollectionStatistics({ ...plan, probes: [], window });
  for (const _ of collectActivations(statistics, [{ batch }], () => new Map([["q", fired]]), { maxTokens: Infinity })) {
  }
  for (const each of [statistics, wholly(fromArrays(wholly(toArrays(statistics))))]) {
    const [example] = exampleList(moduleOf(each), 0, () => ({ length: patches }));
    expect(example).toMatchObject({ position: 299, from: 0, to: 300 });
    expect([...(example?.firingPositions ?? [])]).toEqual([0, 299]);
    expect([...(example?.firingActivations ?? [])]).toEqual([1, 2]);
  }
  expect(chooseProbes([{ row: 0, ids: { length: patches } }], 0, window)).toEqual([{ row: 0, from: 0, to: 300 }]);
  expect(() => wholeWindow(40_000)).toThrow("inputs of 40000 positions are too long");
});

it("refuses a batch without ids where positions have a vocabulary", () => {
  const statistics = createCollectionStatistics({ ...plan, vocab: 7 });
  const pass = collectActivations(statistics, [{ batch: layImages([0]) }], ({ batch }) => new Map([["q", firingsOf(batch)]]), {
    maxTokens: Infinity,
  });
  expect(() => pass.next()).toThrow("the batch has no ids, although its positions have a vocabulary");
});

function moduleOf({ modules }: CollectionStatistics) {
  const module = modules.get("q");
  if (module === undefined) throw new Error("the module is gone");
  return module;
}
