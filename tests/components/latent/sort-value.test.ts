import { expect, it } from "vitest";
import { sortValue } from "@/components/latent/sort-value";
import { latentSortKeys, sortWord } from "@/lib/contract/latent-columns/column-sorts";
import { latentRowWith } from "@/tests/support/latent-detail";

it("names and writes every column that the table is sorted by", () => {
  for (const key of latentSortKeys) {
    expect(sortWord(key)).not.toBe("");
    expect(sortValue(latentRowWith(), key)).toMatch(/^(–|\d)/);
  }
});

it("writes an effect with its sign, a share in per cent, and firings where the order is no number", () => {
  const row = latentRowWith({
    outputShare: 0.0412,
    attribution: -0.0021,
    ablation: { perFiring: 0.01821, halfWidth: 0.0041, controlPerFiring: null, controlHalfWidth: null },
  });
  expect(sortValue(row, "ablation")).toBe("+0.0182");
  expect(sortValue(row, "attribution")).toBe("−0.00210");
  expect(sortValue(row, "outputShare")).toBe("4.12\u202f%");
  expect(sortValue(row, "label")).toBe("7");
});
