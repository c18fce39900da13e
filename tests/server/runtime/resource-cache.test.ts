import { describe, expect, test } from "vitest";
import { ResourceCache } from "@/server/runtime/resource-cache";

function cacheOf(budgetBytes: number) {
  const disposed: string[] = [];
  const sizes = new Map<string, number>();
  const sizeOf = (value: string) => sizes.get(value) ?? 0;
  const cache = new ResourceCache<string>({ budgetBytes, sizeOf, dispose: (value) => disposed.push(value) });
  const loads: string[] = [];
  const acquire = (key: string, sizeBytes: number) =>
    cache.acquire(key, async () => {
      loads.push(key);
      await new Promise((resolve) => setTimeout(resolve, 1));
      sizes.set(key, sizeBytes);
      return key;
    });
  const grow = (key: string, sizeBytes: number) => sizes.set(key, sizeBytes);
  return { cache, disposed, loads, acquire, grow };
}

describe("the resource cache", () => {
  test("loads a value once for all who ask while it is loading", async () => {
    const { acquire, loads } = cacheOf(10);
    const leases = await Promise.all([acquire("a", 3), acquire("a", 3), acquire("a", 3)]);
    expect(loads).toEqual(["a"]);
    expect(leases.map((lease) => lease.value)).toEqual(["a", "a", "a"]);
  });

  test("lets the least recently used go when the budget is passed", async () => {
    const { acquire, cache, disposed } = cacheOf(10);
    for (const key of ["a", "b"]) (await acquire(key, 5)).release();
    (await acquire("a", 5)).release();
    (await acquire("c", 5)).release();
    expect(disposed).toEqual(["b"]);
    expect(cache.keys).toEqual(["a", "c"]);
    expect(cache.sizeBytes).toBe(10);
  });

  test("counts what a value has grown to when it is released", async () => {
    const { acquire, cache, disposed, grow } = cacheOf(10);
    (await acquire("a", 4)).release();
    const b = await acquire("b", 4);
    grow("b", 8);
    expect(disposed).toEqual([]);
    b.release();
    expect(disposed).toEqual(["a"]);
    expect(cache.sizeBytes).toBe(8);
  });

  test("never lets go of what is in use, even over budget", async () => {
    const { acquire, cache, disposed } = cacheOf(4);
    const a = await acquire("a", 3);
    const b = await acquire("b", 3);
    expect(disposed).toEqual([]);
    cache.drop("a");
    expect(disposed).toEqual([]);
    a.release();
    a.release();
    expect(disposed).toEqual(["a"]);
    b.release();
    expect(cache.keys).toEqual(["b"]);
  });

  test("keeps a value until the last of its leases is released", async () => {
    const { acquire, disposed } = cacheOf(2);
    const first = await acquire("a", 3);
    const second = await acquire("a", 3);
    first.release();
    expect(disposed).toEqual([]);
    second.release();
    expect(disposed).toEqual(["a"]);
  });

  test("tries again after a failed load", async () => {
    const { cache } = cacheOf(10);
    const failing = () => cache.acquire("a", () => Promise.reject(new Error("unreadable")));
    await expect(Promise.all([failing(), failing()])).rejects.toThrow("unreadable");
    const lease = await cache.acquire("a", async () => "good");
    expect(lease.value).toBe("good");
  });
});
