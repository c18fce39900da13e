import { describe, expect, it } from "vitest";
import { specificity, strengthOf } from "@/lib/numbers/specificity";

describe("specificity to a text", () => {
  it("is n log2(n / (T d)) bits", () => {
    expect(specificity(2, 16, { firings: 0, positions: 1023 })).toBe(14);
    expect(specificity(1, 1, { firings: 7, positions: 1023 })).toBe(7);
  });

  it("puts a rare latent before one that fires everywhere, and repeated firings before a single one", () => {
    const rare = { firings: 20, positions: 100_000 };
    const dense = { firings: 50_000, positions: 100_000 };
    expect(specificity(1, 15, rare)).toBeGreaterThan(specificity(10, 15, dense));
    expect(specificity(3, 15, { ...rare, firings: 1000 })).toBeGreaterThan(specificity(1, 15, rare));
  });

  it("is 0 where a latent fires no more than elsewhere", () => {
    expect(specificity(8, 16, { firings: 511, positions: 1023 })).toBe(0);
    expect(specificity(4, 16, { firings: 511, positions: 1023 })).toBe(0);
    expect(specificity(0, 16, { firings: 0, positions: 1023 })).toBe(0);
  });
});

it("a firing’s strength is its share of the largest known, at most 1, whatever the sign", () => {
  expect([strengthOf(2, 8), strengthOf(-4, 8), strengthOf(9, 8), strengthOf(0.5, 0)]).toEqual([0.25, 0.5, 1, 1]);
});
