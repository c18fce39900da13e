import { describe, expect, it } from "vitest";
import { type LatentQuery, latentQuery } from "@/lib/contract/latent";
import type { CollectionRow } from "@/server/db/latents/collections";
import {
  conditionsOf,
  countLatents,
  readContexts,
  readExamples,
  readLatent,
  readLatentPage,
  readNeighbours,
} from "@/server/db/latents/latents";
import { dropCollection } from "@/server/db/latents/load-collection";
import { freshDatabase } from "@/tests/support/database";
import { latentInput, storedCollection } from "@/tests/support/stored-collection";

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
  const whole = latentQuery.parse({ collectionId: of.id, ...query });
  const conditions = await conditionsOf(store.db, of, whole);
  if (conditions === undefined) return [];
  const total = await countLatents(store.db, of, conditions);
  return (await readLatentPage(store.db, of, conditions, { ...whole, total })).map(({ layer, index, fireCount }) => [
    layer,
    index,
    fireCount,
  ]);
}

describe("the table of latents", () => {
  it("gives each order whole and in steps, from whichever end a page is read", async () => {
    for (const sort of [
      "module",
      "index",
      "fireCount",
      "density",
      "meanActivation",
      "maxActivation",
      "minActivation",
      "selectivity",
    ] as const) {
      for (const order of ["asc", "desc"] as const) {
        const whole = await pageOf({ sort, order });
        expect(whole).toHaveLength(14);
        const steps = await Promise.all([0, 3, 6, 9, 12].map((offset) => pageOf({ sort, order, offset, limit: 3 })));
        expect(steps.flat()).toEqual(whole);
      }
    }
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

  it("filters by module, layer, projection, state, domain, range and token", async () => {
    const layersOf = async (query: Partial<LatentQuery>) => new Set((await pageOf(query)).map(([layer]) => layer));
    const countsOf = async (query: Partial<LatentQuery>) => (await pageOf(query)).map(([, , count]) => count);
    expect(await layersOf({ module: "layers.1.v_proj" })).toEqual(new Set([1]));
    expect(await layersOf({ layer: 0 })).toEqual(new Set([0]));
    expect(await layersOf({ projection: "v_proj", layer: 0 })).toEqual(new Set());
    expect(await countsOf({ state: "dead" })).toEqual([0, 0]);
    expect(await countsOf({ state: "alwaysOn" })).toEqual([950]);
    expect(await countsOf({ domain: "land", densityMin: 0.01 })).toEqual([17, 17]);
    expect(await countsOf({ domain: "nowhere" })).toEqual([]);
    expect(await countsOf({ densityMin: 0.03, densityMax: 0.6, sort: "density" })).toEqual([600, 40, 30]);
    expect(await countsOf({ maxActivationMin: 10 })).toEqual(counts.flat().filter((count) => (count * 7) % 11 >= 10));
    expect(await countsOf({ token: "0%_O" })).toEqual([17, 17]);
    expect(await countsOf({ token: "%" })).toEqual([17, 17]);
    expect(await countsOf({ token: " the" })).toEqual([950, 600]);
    expect(await countsOf({ token: "absent" })).toEqual([]);
  });

  it("walks through an order by neighbours as the pages have it", async () => {
    for (const sort of ["module", "index", "fireCount", "meanActivation", "maxActivation"] as const) {
      for (const order of ["asc", "desc"] as const) {
        const conditions = await conditionsOf(store.db, collection, latentQuery.parse({ collectionId: collection.id }));
        if (conditions === undefined) throw new Error("everything matches");
        const page = await pageOf({ sort, order });
        for (const [at, row] of page.entries()) {
          const place = { module: row[0] ?? 0, index: row[1] ?? 0 };
          const { previous, next } = await readNeighbours(store.db, collection, conditions, { sort, order }, place);
          expect([previous?.module, previous?.index], `${sort} ${order} before ${at}`).toEqual(
            page[at - 1]?.slice(0, 2) ?? [undefined, undefined],
          );
          expect([next?.module, next?.index], `${sort} ${order} after ${at}`).toEqual(page[at + 1]?.slice(0, 2) ?? [undefined, undefined]);
        }
      }
    }
  });

  it("keeps histogram, top tokens, examples and their context as they were given", async () => {
    const found = await readLatent(store.db, collection, { module: 0, index: 0 });
    expect(found?.row).toMatchObject({ module: "layers.0.q_proj", fireCount: 40, density: 0.04, topDomain: "sea", domainCounts: [40, 0] });
    expect(found?.row.topTokens).toEqual([{ token: "Word", count: 40, lift: 2 }]);
    expect(found?.histogram).toEqual(inputs[0]?.histogram);
    const examples = await readExamples(store.db, collection, { module: 0, index: 0 });
    expect(examples).toEqual([
      {
        context: 0,
        position: 2,
        activation: 2.5,
        duplicates: 3,
        from: 0,
        to: 4,
        firingPositions: Int32Array.of(0, 2, 3),
        firingActivations: Float32Array.of(0.5, 2.5, -3),
      },
    ]);
    expect((await readContexts(store.db, collection, [0])).get(0)).toEqual({
      context: 0,
      row: 11,
      domain: 1,
      texts: ["the", " caf", "é", ""],
    });
  });

  it("holds tokens with NUL characters, which PostgreSQL's text cannot", async () => {
    const odd = await storedCollection(store, [latentInput(0, 0, 5, "a\0b")]);
    expect((await readLatent(store.db, odd, { module: 0, index: 0 }))?.row.topTokens[0]?.token).toBe("a\u2400b");
  });

  it("goes with its tables", async () => {
    const other = await storedCollection(store, [latentInput(0, 0, 5)]);
    await dropCollection(store, other.id);
    const { rows } = await store.pool.query("SELECT 1 FROM pg_class WHERE relname LIKE $1", [`%${other.id}`]);
    expect(rows).toEqual([]);
  });
});
