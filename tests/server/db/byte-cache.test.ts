import { expect, it } from "vitest";
import { ByteCache } from "@/server/db/byte-cache";

const loading = (value: string, bytes: number) => {
  const calls = { count: 0 };
  const load = async () => {
    calls.count++;
    return { value, bytes };
  };
  return { calls, load };
};

it("loads once for all who ask at the same time", async () => {
  const cache = new ByteCache(10);
  const { calls, load } = loading("a", 3);
  expect(await Promise.all([cache.get("a", load), cache.get("a", load)])).toEqual(["a", "a"]);
  expect(await cache.get("a", load)).toBe("a");
  expect(calls.count).toBe(1);
  expect(cache.bytes).toBe(3);
});

it("lets go of what was used longest ago when it comes to too many bytes", async () => {
  const cache = new ByteCache(10);
  const [a, b, c] = [loading("a", 4), loading("b", 4), loading("c", 4)];
  await cache.get("a", a.load);
  await cache.get("b", b.load);
  await cache.get("a", a.load);
  await cache.get("c", c.load);
  expect(cache.bytes).toBe(8);
  await cache.get("a", a.load);
  await cache.get("b", b.load);
  expect([a.calls.count, b.calls.count]).toEqual([1, 2]);
});

it("holds one value that is larger than all its room, and counts one that grows", async () => {
  const cache = new ByteCache(10);
  const [a, b] = [loading("a", 20), loading("b", 2)];
  expect(await cache.get("a", a.load)).toBe("a");
  expect(cache.bytes).toBe(20);
  await cache.get("b", b.load);
  expect(cache.bytes).toBe(2);
  cache.setBytes("b", 7);
  cache.setBytes("a", 100);
  expect(cache.bytes).toBe(7);
});

it("tries again after a load that failed", async () => {
  const cache = new ByteCache(10);
  await expect(cache.get("a", () => Promise.reject(new Error("down")))).rejects.toThrow("down");
  expect(await cache.get("a", loading("a", 1).load)).toBe("a");
});
