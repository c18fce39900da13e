import { describe, expect, it } from "vitest";
import { explainEmpty, filterExamples } from "@/components/latent/example-filter";
import type { LatentExample } from "@/lib/contract/latent";

const example = (rank: number, activation: number, domain: string | null): LatentExample => ({
  rank,
  activation,
  domain,
  row: 5,
  position: 7,
  peak: 0,
  tokens: [{ text: " a", activation }],
  duplicates: 0,
});
const examples = [example(1, 5, "law"), example(0, 7, "code"), example(2, -3, "law")];
const all = { from: null, to: null, domain: null };

describe("filterExamples", () => {
  it("gives the strongest first", () => {
    expect(filterExamples(examples, all).map(({ rank }) => rank)).toEqual([0, 1, 2]);
  });

  it("keeps what lies in the brushed range, ends included", () => {
    expect(filterExamples(examples, { ...all, from: 5, to: 7 }).map(({ rank }) => rank)).toEqual([0, 1]);
    expect(filterExamples(examples, { ...all, to: 0 }).map(({ rank }) => rank)).toEqual([2]);
  });

  it("keeps the chosen domain", () => {
    expect(filterExamples(examples, { ...all, domain: "law" }).map(({ rank }) => rank)).toEqual([1, 2]);
  });
});

it("says what the stored examples cover when none is shown", () => {
  expect(explainEmpty(examples, { ...all, from: 100 }, String)).toContain("have activations from -3 to 7");
  expect(explainEmpty(examples, { ...all, domain: "maths" }, String)).toBe("None of the 3 strongest examples is of maths.");
});
