import { describe, expect, it } from "vitest";
import { rankLatents } from "@/components/text/rank-latents";

import { seededRandom } from "@/tests/support/seeded-random";
import { reading } from "./readings";

const one = { scaleOf: () => 1, positions: 0 };
const first = reading("first", 2, {
  indices: [5, 7, 5, 3, 7, 3],
  activations: [1, 2, 3, 0.5, 4, 0],
  outputShares: [0.2, 0.8, 0.9, 0.1, 1, 0],
  attributions: [0.1, 0.2, -0.7, 0, 0.1, 0],
});
const second = reading("second", 1, { indices: [2, 2, 11], activations: [-20, 5, 1], outputShares: [1, 1, 1], attributions: [0, 0.25, 0] });
const names = (ranked: ReturnType<typeof rankLatents>) => ranked.map(({ reading: { module }, index }) => `${module} ${index}`);

describe("rankLatents", () => {
  it("ranks by the largest activation in the span, by size, and keeps its sign and token", () => {
    const ranked = rankLatents([first, second], { from: 0, to: 2 }, "activation", one, 10);
    expect(names(ranked)).toEqual(["second 2", "first 7", "first 5", "second 11", "first 3"]);
    expect(ranked[0]).toMatchObject({ activation: -20, token: 0, firings: 2 });
    expect(ranked[1]).toMatchObject({ activation: 4, token: 2, firings: 2 });
  });

  it("measures activations in the scale of their module", () => {
    const scale = { scaleOf: (module: string) => (module === "second" ? 100 : 1), positions: 0 };
    expect(names(rankLatents([first, second], { from: 0, to: 2 }, "activation", scale, 3))).toEqual(["first 7", "first 5", "first 3"]);
  });

  it("takes the mean output share over the tokens of the span, those where it does not fire included", () => {
    const [most, next] = rankLatents([first], { from: 0, to: 1 }, "outputShare", one, 2);
    expect(most).toMatchObject({ index: 5, firings: 2 });
    expect(most?.value).toBeCloseTo((0.2 + 0.9) / 2);
    expect(next?.outputShare).toBeCloseTo(0.4);
  });

  it("adds attribution up over the span, whatever its sign", () => {
    const ranked = rankLatents([first, second], { from: 0, to: 2 }, "attribution", one, 3);
    expect(names(ranked)).toEqual(["first 5", "first 7", "second 2"]);
    expect(ranked[0]?.value).toBeCloseTo(-0.6);
  });

  it("ranks what is rare in the collection and strong in the span before what fires everywhere", () => {
    const known = reading("known", 3, {
      indices: [1, 2, 4, 1, 2, 4],
      activations: [9, 0.5, 2, 9, 0, 4],
      collected: { 1: [511, 9], 2: [3, 0.5], 4: [3, 8] },
    });
    const scales = { scaleOf: () => 0.5, positions: 1023 };
    const ranked = rankLatents([known], { from: 0, to: 1 }, "specificity", scales, 10);
    expect(ranked.map(({ index, value }) => [index, value])).toEqual([
      [2, 8],
      [4, 4],
      [1, 1],
    ]);
    expect(ranked[0]).toMatchObject({ specificity: 8, firingsKnown: 3, firings: 1, activation: 0.5 });
    expect(rankLatents([known], { from: 0, to: 0 }, "specificity", scales, 10)[1]).toMatchObject({ index: 4, value: 2 });
    expect(rankLatents([first], { from: 0, to: 1 }, "specificity", scales, 10)).toEqual([]);
  });

  it("leaves out what is kept with no activation and what lies outside the span", () => {
    expect(names(rankLatents([first], { from: 2, to: 2 }, "activation", one, 10))).toEqual(["first 7"]);
  });

  it("gives what sorting all of them gives, for a text of many modules", () => {
    const random = seededRandom(7);
    const many = Array.from({ length: 13 }, (_, at) => {
      const entries = Array.from({ length: 31 * 5 }, () => ({ index: Math.floor(random() * 97), activation: random() - 0.5 }));
      return reading(`m${at}`, 5, { indices: entries.map(({ index }) => index), activations: entries.map(({ activation }) => activation) });
    });
    const largest = new Map<string, number>();
    for (const { module, indices, activations } of many) {
      indices.forEach((index, at) => {
        const key = `${module} ${index}`;
        largest.set(key, Math.max(largest.get(key) ?? 0, Math.abs(activations[at] ?? 0)));
      });
    }
    const expected = [...largest].sort(([, a], [, b]) => b - a).map(([key]) => key);
    expect(names(rankLatents(many, { from: 0, to: 30 }, "activation", one, 23))).toEqual(expected.slice(0, 23));
  });
});
