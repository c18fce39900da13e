import { describe, expect, it } from "vitest";
import { type LatentQuery, latentQuery } from "@/lib/contract/latent";
import type { CollectionRow } from "@/server/db/latents/collections";
import type { LatentInput } from "@/server/db/latents/load-collection";
import { NearDuplicateGroups, nearIndices, readingOf } from "@/server/db/latents/near-duplicates";
import { orderLatents, pageOf, readNeighbours, readPage } from "@/server/db/latents/order-latents";
import { packTokens } from "@/server/db/latents/pack-latent";
import { freshDatabase } from "@/tests/support/database";
import { latentInput, storedCollection } from "@/tests/support/stored-collection";

const store = await freshDatabase();

/** A latent of module 0 whose decoder and firings are like those of others. */
function like(index: number, fireCount: number, ...others: number[]): LatentInput {
  const related = {
    decoder: others.map((other) => ({ module: 0, index: other, value: 0.95 })),
    encoder: [],
    firesWith: others.map((other) => ({ index: other, value: 0.8, together: 9 })),
  };
  return { ...latentInput(0, index, fireCount), related };
}

/** Latents 0, 1 and 2 are near-duplicates of 1, which fires most of them; 3 stands alone. */
const stored = () => storedCollection(store, [like(0, 10, 1), like(1, 50, 0, 2), like(2, 30), like(3, 40)]);

async function page(collection: CollectionRow, query: Partial<LatentQuery> = {}) {
  const whole = latentQuery.parse({ collectionId: collection.id, duplicates: "folded", ...query });
  const read = await readPage(store, collection, whole);
  const ordered = await orderLatents(store, collection, whole);
  expect([pageOf(ordered, whole), ordered.total]).toEqual([read.ordinals, read.total]);
  return read;
}

describe("near-duplicates", () => {
  it("are of one module, alike in decoder and in firings, each above its limit", () => {
    const decoder = [
      { module: 0, index: 1, value: 0.9 },
      { module: 0, index: 2, value: 0.89 },
      { module: 1, index: 3, value: 0.99 },
      { module: 0, index: 4, value: 0.99 },
      { module: 0, index: 5, value: 0.99 },
    ];
    const firesWith = [
      { index: 1, value: 0.5, together: 4 },
      { index: 2, value: 1, together: 4 },
      { index: 3, value: 1, together: 4 },
      { index: 4, value: 0.49, together: 4 },
    ];
    expect(nearIndices(0, decoder, firesWith)).toEqual([1]);
  });

  it("group around the one that fires most, and no chain joins two that differ", () => {
    const groups = new NearDuplicateGroups(6);
    for (const ordinal of [0, 1, 2]) groups.add(ordinal, { fireCount: 9 - ordinal, near: [ordinal + 1], reads: null });
    expect([...groups.leaders()]).toEqual([0, 0, 2, 2, 4, 5]);
  });

  it("group where they read the same, in any module, with those that read like no other and are near to the first", () => {
    const groups = new NearDuplicateGroups(8);
    groups.add(0, { fireCount: 1, near: [], reads: "cups" });
    groups.add(1, { fireCount: 9, near: [5, 2], reads: "cups" });
    groups.add(2, { fireCount: 5, near: [], reads: "law" });
    groups.add(3, { fireCount: 4, near: [6], reads: "cups" });
    groups.add(4, { fireCount: 3, near: [], reads: "law" });
    groups.add(5, { fireCount: 2, near: [], reads: null });
    groups.add(6, { fireCount: 2, near: [], reads: "lone" });
    // 2 leads a group of its own, and 6 is near to 3 alone, which does not lead.
    expect([...groups.leaders()]).toEqual([1, 1, 2, 1, 2, 1, 6, 7]);
  });

  it("read the same by three tokens in any order and their domain, where each is well above its base rate", () => {
    const texts = ["cup", "egg", "oil", "the"];
    const reading = (domain: number | null, ...tokens: [token: string, lift: number][]) =>
      readingOf(
        packTokens(
          tokens.map(([token, lift]) => ({ token, count: 5, error: 0, lift })),
          (token) => texts.indexOf(token),
        ),
        domain,
      );
    const recipes = reading(0, ["cup", 9], ["egg", 2], ["oil", 7], ["the", 1]);
    expect(recipes).not.toBeNull();
    expect(reading(0, ["oil", 3], ["cup", 4], ["egg", 5])).toBe(recipes);
    expect(reading(1, ["oil", 3], ["cup", 4], ["egg", 5])).not.toBe(recipes);
    expect(reading(0, ["cup", 9], ["egg", 1.9], ["oil", 7])).toBeNull();
    expect(reading(0, ["cup", 9], ["egg", 9])).toBeNull();
  });

  it("fold into the first of an order, whichever it is, with those under it", async () => {
    const collection = await stored();
    expect(await page(collection)).toEqual({ ordinals: [1, 3], total: 2, folded: [[0, 2], []], totalFolded: 2 });
    expect(await page(collection, { order: "asc" })).toEqual({ ordinals: [0, 3], total: 2, folded: [[1, 2], []], totalFolded: 2 });
    expect(await page(collection, { offset: 1, limit: 1 })).toMatchObject({ ordinals: [3], total: 2, folded: [[]] });
    expect(await page(collection, { duplicates: "shown" })).toEqual({
      ordinals: [1, 3, 2, 0],
      total: 4,
      folded: [[], [], [], []],
      totalFolded: 0,
    });
  });

  it("fold among those that the filters leave", async () => {
    const collection = await stored();
    const filtered = { ranges: "density:..0.04" } as unknown as Partial<LatentQuery>;
    expect(await page(collection, filtered)).toEqual({ ordinals: [3, 2], total: 2, folded: [[], [0]], totalFolded: 1 });
  });

  it("are stepped over from latent to latent; one that is folded has the neighbours of its place", async () => {
    const collection = await stored();
    const query = latentQuery.parse({ collectionId: collection.id, duplicates: "folded" });
    expect(await readNeighbours(store, collection, query, 1)).toEqual({ place: 0, previous: null, next: 3 });
    expect(await readNeighbours(store, collection, query, 2)).toEqual({ place: null, previous: 3, next: null });
  });

  it("of a collection of an earlier version are worked out when they are first asked for", async () => {
    const collection = await stored();
    await store.pool.query("DELETE FROM latent_columns WHERE collection_id = $1 AND name = 'duplicates'", [collection.id]);
    expect(await page(collection)).toMatchObject({ ordinals: [1, 3], totalFolded: 2 });
  });
});
