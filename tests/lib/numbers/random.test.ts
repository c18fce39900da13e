import { describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";

describe("Random", () => {
  it("follows xoshiro128** from a known state", () => {
    // Reference: the authors' C code from state {1, 2, 3, 4}.
    const random = Random.fromState([1, 2, 3, 4]);
    expect([random.nextWord(), random.nextWord(), random.nextWord(), random.nextWord()]).toEqual([11520, 0, 5927040, 70819200]);
  });

  it("resumes exactly from a stored state", () => {
    const random = new Random(7);
    for (let i = 0; i < 100; i++) random.next();
    const again = Random.fromState(JSON.parse(JSON.stringify(random.state)));
    expect(Array.from({ length: 20 }, () => again.next())).toEqual(Array.from({ length: 20 }, () => random.next()));
  });

  it("gives other numbers for another seed, large and negative ones too", () => {
    const firsts = [0, 1, 2, -1, 2 ** 40, 2 ** 40 + 1].map((seed) => new Random(seed).nextWord());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it("is uniform, below a bound and in its mean and variance", () => {
    const random = new Random(3);
    const counts = new Int32Array(7);
    for (let i = 0; i < 70_000; i++) counts[random.nextBelow(7)] = (counts[random.nextBelow(7)] ?? 0) + 1;
    const values = Array.from({ length: 50_000 }, () => random.next());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(0.5, 2);
    const normals = Array.from({ length: 50_000 }, () => random.nextNormal());
    expect(normals.reduce((sum, value) => sum + value ** 2, 0) / normals.length).toBeCloseTo(1, 1);
  });

  it("shuffles every order of three equally often", () => {
    const random = new Random(11);
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const items = Int32Array.of(0, 1, 2);
      random.shuffle(items);
      orders.set(items.join(), (orders.get(items.join()) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("refuses a bound that is not a whole number above 0", () => {
    expect(() => new Random(0).nextBelow(0)).toThrow(RangeError);
  });
});
