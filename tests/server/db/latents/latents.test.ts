import { describe, expect, it } from "vitest";
import { type LatentQuery, latentQuery } from "@/lib/contract/latent";
import { unknownNumbers } from "@/lib/contract/latent-columns/latent-columns";
import { formatRanges, type RangeColumn } from "@/lib/contract/latent-ranges";
import { saveEffects } from "@/server/db/labels/effects";
import { type CollectionRow, readCollection } from "@/server/db/latents/collections";
import { ordinalOf, ordinalOffsets, placeOf } from "@/server/db/latents/latent-ordinals";
import { readContexts, readExamples, readLatent, readLatentRows, readWindows } from "@/server/db/latents/latents";
import { copyContexts, dropCollection } from "@/server/db/latents/load-collection";
import { orderLatents, pageOf as ordinalsOf, readNeighbours, readPage } from "@/server/db/latents/order-latents";
import { freshDatabase } from "@/tests/support/database";
import { latentInput, loadCollection, storedCollection } from "@/tests/support/stored-collection";

const store = await freshDatabase();
const counts = [
  [40, 0, 3, 17, 3, 950, 8],
  [5, 17, 0, 2, 600, 1, 30],
];
const inputs = counts.flatMap((ofModule, module) =>
  ofModule.map((count, index) => latentInput(module, index, count, count === 17 ? "50%_off" : count > 500 ? " the" : "Word")),
);
const collection = await storedCollection(store, inputs);

async function pageOf(query: Partial<LatentQuery>, of: CollectionRow = collection) {
  const whole = latentQuery.parse({ collectionId: of.id, ...rangesAsText(query) });
  const { ordinals: page, total } = await readPage(store, of, whole);
  const ordered = await orderLatents(store, of, whole);
  expect([ordinalsOf(ordered, whole), ordered.total]).toEqual([page, total]);
  return (await readLatentRows(store, of, page)).map(({ layer, index, fireCount }) => [layer, index, fireCount]);
}

/** As an address holds it: the schema reads text. */
function rangesAsText({ ranges, ...query }: Partial<LatentQuery>) {
  return ranges === undefined ? query : { ...query, ranges: formatRanges(ranges) };
}

/** A change of loss as a measurement stores it. */
const measured = { delta: 1, halfWidth: 1, rows: 40, labelTokens: 90, firings: 30, byDomain: [], controls: [], writes: null };

const range = (column: RangeColumn, from: number | null, to: number | null = null) => [{ column, from, to }];

describe("the table of latents", () => {
  it("gives each order whole and in steps", async () => {
    for (const sort of [
      "module",
      "index",
      "fireCount",
      "density",
      "rowShare",
      "meanActivation",
      "meanSquare",
      "skewness",
      "maxActivation",
      "minActivation",
      "outputShare",
      "specificShare",
      "readingOrder",
      "decoderNorm",
      "attribution",
      "ablation",
      "selectivity",
      "selectivityShare",
      "bornAtStep",
      "label",
    ] as const) {
      for (const order of ["asc", "desc"] as const) {
        const whole = await pageOf({ sort, order });
        expect(whole).toHaveLength(14);
        const steps = await Promise.all([0, 3, 6, 9, 12].map((offset) => pageOf({ sort, order, offset, limit: 3 })));
        expect(steps.flat()).toEqual(whole);
      }
    }
  });

  it("sorts selectivity by the lower end of its interval, so that one firing does not come first, or by the share alone", async () => {
    const few = await storedCollection(store, [
      { ...latentInput(0, 0, 1), selectivity: 1 },
      { ...latentInput(0, 1, 900), selectivity: 0.9 },
      latentInput(0, 2, 0),
    ]);
    const order = async (sort: LatentQuery["sort"]) => (await pageOf({ sort }, few)).map(([, , count]) => count);
    expect(await order("selectivity")).toEqual([900, 1, 0]);
    expect(await order("selectivityShare")).toEqual([1, 900, 0]);
  });

  it("sorts by the share of output weighted by how seldom a latent fires, whatever the share's sign, dead latents last", async () => {
    const few = await storedCollection(store, [
      { ...latentInput(0, 0, 950), outputShare: 0.5 },
      { ...latentInput(0, 1, 125), outputShare: -0.1 },
      { ...latentInput(0, 2, 500), outputShare: 0.2 },
      latentInput(0, 3, 0),
    ]);
    expect((await pageOf({ sort: "specificShare" }, few)).map(([, , count]) => count)).toEqual([125, 500, 950, 0]);
    const [rare, dead] = await readLatentRows(store, few, [1, 3]);
    expect(rare?.specificShare).toBeCloseTo(0.3, 12);
    expect(dead?.specificShare).toBeNull();
  });

  it("reads latents first whose measured effect differs from 0, whatever its sign, then all others by their specific share", async () => {
    const few = await storedCollection(
      store,
      [2, 4, 8, 16, 32, 0].map((count, index) => latentInput(0, index, count)),
    );
    const measure = (index: number, perFiring: number, halfWidth: number | null) =>
      saveEffects(store.db, few.id, { module: 0, index }, [
        { ...measured, operation: "ablatePost", perFiring, perFiringHalfWidth: halfWidth },
      ]);
    const order = async (direction: "asc" | "desc" = "desc") =>
      (await pageOf({ sort: "readingOrder", order: direction }, few)).map(([, , count]) => count);
    expect(await order()).toEqual([32, 16, 8, 4, 2, 0]);
    await measure(0, -0.5, 0.1);
    await measure(1, 0.9, 0.6);
    await measure(2, 0.9, 1);
    await measure(3, 5, null);
    expect(await order()).toEqual([2, 4, 32, 16, 8, 0]);
    expect(await order("asc")).toEqual([8, 16, 32, 4, 2, 0]);
  });

  it("sorts by value, dead latents last in both directions", async () => {
    expect((await pageOf({ sort: "meanActivation", order: "asc" })).map(([, , count]) => count)).toEqual([
      950, 600, 40, 30, 17, 17, 8, 5, 3, 3, 2, 1, 0, 0,
    ]);
    expect((await pageOf({ sort: "meanActivation", order: "desc" })).slice(-2)).toEqual([
      [0, 1, 0],
      [1, 2, 0],
    ]);
  });

  it("filters by module, layers, projection, state, domain, range and token", async () => {
    const layersOf = async (query: Partial<LatentQuery>) => new Set((await pageOf(query)).map(([layer]) => layer));
    const countsOf = async (query: Partial<LatentQuery>) => (await pageOf(query)).map(([, , count]) => count);
    expect(await layersOf({ module: "layers.1.v_proj" })).toEqual(new Set([1]));
    expect(await layersOf({ layerTo: 0 })).toEqual(new Set([0]));
    expect(await layersOf({ layerFrom: 1 })).toEqual(new Set([1]));
    expect(await layersOf({ projection: "v_proj", layerFrom: 0, layerTo: 0 })).toEqual(new Set());
    expect(await countsOf({ state: "dead" })).toEqual([0, 0]);
    expect(await countsOf({ state: "alive" })).toHaveLength(12);
    expect(await countsOf({ state: "alwaysOn" })).toEqual([950]);
    expect(await countsOf({ domain: "land", ranges: range("density", 0.01) })).toEqual([17, 17]);
    expect(await countsOf({ domain: "nowhere" })).toEqual([]);
    expect(await countsOf({ ranges: range("density", 0.03, 0.6), sort: "density" })).toEqual([600, 40, 30]);
    expect(await countsOf({ ranges: range("maxActivation", 10), sort: "module", order: "asc" })).toEqual(
      counts.flat().filter((count) => (count * 7) % 11 >= 10),
    );
    expect(await countsOf({ search: "0%_O" })).toEqual([17, 17]);
    expect(await countsOf({ search: "%" })).toEqual([17, 17]);
    expect(await countsOf({ search: " the" })).toEqual([950, 600]);
    expect(await countsOf({ search: "absent" })).toEqual([]);
  });

  it("takes both ends of a range of every column, and no latent without a value", async () => {
    for (const [column, from, to, expected] of [
      ["rowShare", 8 / 1024, 17 / 1024, [17, 17, 8]],
      ["meanActivation", 1 / 8, 1 / 3, [8, 5, 3, 3]],
      ["meanSquare", 2 / 950, 2 / 600, [950, 600]],
      ["skewness", 3, 3, []],
      ["minActivation", -12, -12, [5]],
      ["outputShare", 40 / 2048, 600 / 2048, [600, 40]],
      ["decoderNorm", 2, 2, [40, 1]],
      ["attribution", -2, -2, [950, 600, 40, 30, 5]],
      ["selectivity", 0.9, null, [40]],
      ["bornAtStep", null, 0, [600, 40, 8]],
      ["ablation", null, null, []],
    ] as const) {
      expect(
        (await pageOf({ ranges: range(column, from, to) })).map(([, , count]) => count),
        column,
      ).toEqual(expected);
    }
  });

  it("walks through an order by neighbours as the pages have it, also from a latent that the filter leaves out", async () => {
    const offsets = ordinalOffsets(collection.modules);
    for (const sort of ["module", "index", "fireCount", "meanActivation", "maxActivation", "label"] as const) {
      for (const order of ["asc", "desc"] as const) {
        for (const state of ["all", "alive"] as const) {
          const query = latentQuery.parse({ collectionId: collection.id, sort, order, state });
          const whole = await pageOf({ sort, order });
          for (const [at, [module = 0, index = 0]] of whole.entries()) {
            const { previous, next } = await readNeighbours(store, collection, query, ordinalOf(offsets, { module, index }));
            const place = (ordinal: number | null) => ordinal !== null && Object.values(placeOf(offsets, ordinal));
            const isIn = ([, , count]: number[]) => state === "all" || count !== 0;
            expect(place(previous), `${sort} ${order} before ${at}`).toEqual(whole.slice(0, at).findLast(isIn)?.slice(0, 2) ?? false);
            expect(place(next), `${sort} ${order} after ${at}`).toEqual(
              whole
                .slice(at + 1)
                .find(isIn)
                ?.slice(0, 2) ?? false,
            );
          }
        }
      }
    }
  });

  it("keeps all that it was given of a latent", async () => {
    const found = await readLatent(store, collection, { module: 1, index: 1 });
    expect(found?.row).toEqual({
      ...unknownNumbers,
      module: "layers.1.v_proj",
      layer: 1,
      projection: "v_proj",
      index: 1,
      fireCount: 17,
      density: 0.017,
      rowShare: 17 / 1024,
      meanActivation: 1 / 17,
      meanSquare: 2 / 17,
      skewness: 0,
      maxActivation: 9,
      minActivation: -7,
      outputShare: 17 / 2048,
      specificShare: (17 / 2048) * -Math.log2(0.017),
      decoderNorm: 3,
      attribution: 0,
      attributionCount: 17,
      selectivity: 0.67,
      selectivityInterval: [0.25, 0.75],
      topDomain: "land",
      domainCounts: [17, 0],
      topTokens: [{ token: "50%_off", count: 17, error: 1, lift: 2 }],
      bornAtStep: 1,
      diedAtStep: null,
      ablation: null,
      label: null,
      positiveTail: null,
      negativeTail: null,
    });
    expect(found).toMatchObject({
      nextTokens: [{ token: " 50%_off", count: 17, error: 0, lift: 0.5 }],
      histogram: inputs.find(({ module, index }) => module === 1 && index === 1)?.histogram,
      related: {
        decoder: [{ module: 1, index: 0, value: 0.5 }],
        encoder: [{ module: 0, index: 2, value: -0.25 }],
        firesWith: [{ index: 2, value: 0.75, together: 6 }],
      },
      logitEffect: { raised: [{ token: "up", change: 1.5 }], lowered: [{ token: "50%_off", change: -0.5 }] },
      trainingDensity: Float32Array.of(0.5, 0.25),
      quiet: [1],
    });
    expect((await readLatent(store, collection, { module: 0, index: 1 }))?.row).toMatchObject({
      outputShare: null,
      selectivityInterval: null,
    });
    expect((await readLatent(store, collection, { module: 0, index: 0 }))?.logitEffect).toBeNull();
    expect(await readLatent(store, collection, { module: 0, index: 7 })).toBeUndefined();
  });

  it("keeps examples, bands and their context as they were given", async () => {
    const window = { context: 0, position: 2, activation: 2.5, duplicates: 3, from: 0, to: 4 };
    const weak = { context: 0, position: 0, activation: 0.5, duplicates: 0, from: 0, to: 2 };
    expect(await readExamples(store, collection, { module: 0, index: 0 })).toEqual({
      top: [{ ...window, firingPositions: Int32Array.of(0, 2, 3), firingActivations: Float32Array.of(0.5, 2.5, -3) }],
      bands: [
        {
          from: 0,
          to: 0.25,
          firings: 10,
          lowest: 0.5,
          highest: 1,
          examples: [{ ...weak, firingPositions: Int32Array.of(0), firingActivations: Float32Array.of(0.5) }],
        },
        { from: 0.95, to: 1, firings: 0, lowest: null, highest: null, examples: [] },
      ],
    });
    expect(await readExamples(store, collection, { module: 0, index: 1 })).toEqual({ top: [], bands: [] });
    expect((await readContexts(store, collection, [0])).get(0)).toEqual({
      context: 0,
      row: 11,
      domain: 1,
      texts: ["the", " caf", "é", ""],
      ...{ columns: null, leading: null, answer: null, hasImage: false, hasClean: false },
    });
  });

  it("reads of each window's context the texts of the window and a few before, where they stand", async () => {
    const other = await storedCollection(store, [latentInput(0, 0, 5)]);
    const texts = Array.from({ length: 40 }, (_, position) => `t${position}`);
    await copyContexts(store, other.id, [{ context: 3, row: 7, domain: null, tokenIds: texts.map(() => 1), texts }]);
    const windows = [
      { context: 3, from: 20, to: 23 },
      { context: 0, from: 1, to: 9 },
      { context: 3, from: 2, to: 4 },
      { context: 9, from: 0, to: 1 },
    ];
    const found = await readWindows(store, other, windows);
    const seen = windows.map((window) => found.get(window)?.texts);
    expect(seen[0]?.map((text, position) => [position, text])).toHaveLength(23);
    expect([seen[0]?.[11], seen[0]?.[12], seen[0]?.at(-1)]).toEqual([undefined, "t12", "t22"]);
    expect(seen[1]).toEqual(["the", " caf", "é", ""]);
    expect(seen[2]).toEqual(["t0", "t1", "t2", "t3"]);
    expect(seen[3]).toBeUndefined();
    expect(found.get(windows[0] ?? { context: 0, from: 0, to: 0 })).toMatchObject({ context: 3, row: 7, domain: null });
  });

  it("holds tokens with NUL characters, which PostgreSQL's text cannot", async () => {
    const odd = await storedCollection(store, [latentInput(0, 0, 5, "a\0b")]);
    expect((await readLatent(store, odd, { module: 0, index: 0 }))?.row.topTokens[0]?.token).toBe("a\u2400b");
  });

  it("is loaded again from the start after an attempt that ended half-way", async () => {
    const other = await storedCollection(store, [latentInput(0, 0, 5, "first")]);
    await store.pool.query("UPDATE collections SET status = 'running' WHERE id = $1", [other.id]);
    await store.pool.query("INSERT INTO latent_columns VALUES ($1, 'left', 'int32', '', NULL, 0)", [other.id]);
    await loadCollection(store, other, [latentInput(0, 0, 9, "second"), latentInput(1, 3, 2, "second")]);
    const again = await readCollection(store.db, other.id);
    expect(await pageOf({}, again)).toEqual([
      [0, 0, 9],
      [1, 3, 2],
    ]);
    expect(await pageOf({ search: "first" }, again)).toEqual([]);
  });

  it("refuses a latent beyond its module's width", async () => {
    const { id, runId } = await storedCollection(store, [latentInput(0, 0, 5)]);
    await expect(loadCollection(store, { id, runId }, [latentInput(0, 40_009, 5)])).rejects.toThrow(/latent 40009 of module 0 .* 40009/);
  });

  it("goes with its tables", async () => {
    const other = await storedCollection(store, [latentInput(0, 0, 5)]);
    await dropCollection(store, other.id);
    const { rows } = await store.pool.query("SELECT 1 FROM pg_class WHERE relname LIKE $1", [`%${other.id}`]);
    expect(rows).toEqual([]);
    expect((await store.pool.query("SELECT 1 FROM latent_columns WHERE collection_id = $1", [other.id])).rows).toEqual([]);
  });
});
