import { describe, expect, it } from "vitest";
import { bandRanks, exampleGroups, noChoice, rangeOfBand } from "@/components/latent/example-groups";
import type { ExampleBand, LatentExample } from "@/lib/contract/latent";

const example = (row: number, activation: number, domain: string | null = null): LatentExample => ({
  rank: 0,
  activation,
  domain,
  row,
  position: 7,
  context: row,
  peak: 0,
  tokens: [{ text: " a", activation }],
  duplicates: 0,
});
const band = (from: number, to: number, ends: [number, number], examples: LatentExample[]): ExampleBand => ({
  from,
  to,
  firings: 13,
  lowest: ends[0],
  highest: ends[1],
  examples,
});
const detail = {
  row: { minActivation: 0.5, maxActivation: 9, fireCount: 65 },
  examples: [example(1, 9, "law"), example(2, 7, "code")],
  bands: [
    band(0, 0.25, [0.5, 1], [example(3, 0.5, "law")]),
    band(0.25, 0.5, [1, 2], [example(4, 1.5, "law")]),
    band(0.5, 0.75, [2, 4], [example(5, 3, "code")]),
    band(0.75, 0.95, [4, 5], [example(6, 4.5, "law"), example(8, 5, "law")]),
    band(0.95, 1, [5, 9], [example(2, 7, "code"), example(1, 9, "law")]),
  ],
};
const shape = (groups: ReturnType<typeof exampleGroups>) => groups.map(({ key, examples }) => [key, examples.map(({ row }) => row)]);

describe("exampleGroups", () => {
  it("gives the strongest, then every band from strong to weak, the strongest first in each", () => {
    expect(shape(exampleGroups(detail, noChoice))).toEqual([
      ["top", [1, 2]],
      ["band-5", [1, 2]],
      ["band-4", [8, 6]],
      ["band-3", [5]],
      ["band-2", [4]],
      ["band-1", [3]],
    ]);
  });

  it("puts the chosen band first and leaves the others their room", () => {
    const groups = exampleGroups(detail, { ...noChoice, band: 2 });
    expect(groups.map(({ key }) => key)).toEqual(["band-2", "top", "band-5", "band-4", "band-3", "band-1"]);
    expect(groups[0]).toMatchObject({
      isChosen: true,
      shortcut: "2",
      title: "Lower, ranks 25–50 %",
      facts: "activation ≈ 1.00 – 2.00 · 13 firings",
    });
  });

  it("gathers what lies in the brushed range from all bands, ends included and each once", () => {
    const [brushed] = exampleGroups(detail, { ...noChoice, from: 3, to: 7 });
    expect(brushed?.examples.map(({ row }) => row)).toEqual([2, 8, 6, 5]);
    expect(brushed?.facts).toBe("activation 3.00 – 7.00 · 4 stored examples");
  });

  it("keeps the chosen domain in every group", () => {
    expect(shape(exampleGroups(detail, { ...noChoice, domain: "code" }))).toEqual([
      ["top", [2]],
      ["band-5", [2]],
      ["band-4", []],
      ["band-3", [5]],
      ["band-2", []],
      ["band-1", []],
    ]);
  });

  it("orders a signed component by size, and says so", () => {
    const signed = { row: { minActivation: -9, maxActivation: 3, fireCount: 2 }, examples: [example(1, 3), example(2, -9)], bands: [] };
    const [top] = exampleGroups(signed, noChoice);
    expect(top?.examples.map(({ activation }) => activation)).toEqual([-9, 3]);
    expect(top?.facts).toBe("|activation| 3.00 – 9.00");
    const [negative] = exampleGroups(signed, { ...noChoice, to: 0 });
    expect(negative?.examples.map(({ activation }) => activation)).toEqual([-9]);
  });

  it("has a group for each sign of a dense component, and one where all its activations have one sign", () => {
    const row = { minActivation: -9, maxActivation: 3, fireCount: 4 };
    const examples = [example(1, 3, "law"), example(2, 1), example(3, -9), example(4, -2, "law")];
    const groups = exampleGroups({ row, examples, bands: [] }, noChoice, true);
    expect(shape(groups)).toEqual([
      ["top", [1, 2]],
      ["low", [3, 4]],
    ]);
    expect(groups.map(({ title, facts }) => `${title}: ${facts}`)).toEqual([
      "2 highest, positive tail: activation 1.00 – 3.00",
      "2 lowest, negative tail: activation −9.00 – −2.00",
    ]);
    expect(shape(exampleGroups({ row, examples, bands: [] }, { ...noChoice, domain: "law" }, true))).toEqual([
      ["top", [1]],
      ["low", [4]],
    ]);
    const positive = { row: { ...row, minActivation: 0.5 }, examples: [example(1, 3)], bands: [] };
    expect(shape(exampleGroups(positive, noChoice, true))).toEqual([["top", [1]]]);
  });
});

it("writes a band's ranks", () => {
  expect(detail.bands.map(bandRanks)).toEqual(["0–25", "25–50", "50–75", "75–95", "95–100"]);
});

it("gives the range of activations of a band, and none where all are meant", () => {
  expect(rangeOfBand(detail, 4)).toEqual([4, 5]);
  expect(rangeOfBand(detail, null)).toBeNull();
  expect(rangeOfBand(detail, "top")).toBeNull();
  expect(rangeOfBand(detail, 7)).toBeNull();
});
