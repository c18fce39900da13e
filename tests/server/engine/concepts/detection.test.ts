import { describe, expect, it } from "vitest";
import type { Concept } from "@/lib/contract/concept";
import { rankingOf } from "@/lib/numbers/metrics/ranking";
import { Random } from "@/lib/numbers/random";
import { halvesOf } from "@/server/engine/concepts/concept-halves";
import { bestOfModules, detectConcept, type MaximaOfPass } from "@/server/engine/concepts/detection";
import { wholly } from "@/server/engine/tensor/in-parts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
const concept: Concept = { name: "rivers", positives: range(0, 20), negatives: range(20, 50), hardNegatives: range(50, 56) };
const placeOf = new Map(range(0, 56).map((row) => [row, 55 - row]));

/** @param scores (latents, rows) */
function maximaOf(scores: number[][], isSigned = false) {
  const starts = Int32Array.of(0, ...scores.map((_, at) => (at + 1) * 56));
  const places = Int32Array.from(scores.flatMap(() => range(0, 56)).map((row) => placeOf.get(row) ?? -1));
  return { starts, places, values: Float32Array.from(scores.flat()), isSigned };
}

function noise(latents: number, seed: number): number[][] {
  const random = new Random(seed);
  return Array.from({ length: latents }, () => range(0, 56).map(() => Math.fround(Math.max(random.nextNormal(), 0))));
}

/** Fires in most positives, and in the hard negatives too. */
const detecting = range(0, 56).map((row) => (row < 20 ? (row % 6 === 0 ? 0 : 3 + (row % 3)) : row < 50 ? (row % 10 === 0 ? 4 : 0) : 3));

function detect(scores: ReadonlyMap<string, ReturnType<typeof maximaOf>>) {
  const pass: MaximaOfPass = { maxima: scores, placeOf };
  return wholly(detectConcept(pass, concept, { top: 3, seed: 1 }));
}

describe("Detection of a concept", () => {
  it("ranks latents over all rows as a plain reckoning does, with the hard negatives apart", () => {
    const scores = [...noise(30, 3), detecting];
    const { top } = detect(new Map([["a", maximaOf(scores)]]));
    const rankings = scores.map((own) => rankingOf(Float32Array.from(own.slice(0, 20)), Float32Array.from(own.slice(20, 50))));
    const expected = range(0, 31).sort((a, b) => (rankings[b]?.auroc ?? 0) - (rankings[a]?.auroc ?? 0));
    expect(top.map(({ latent }) => latent)).toEqual(expected.slice(0, 3));
    expect(top[0]).toEqual({
      module: "a",
      latent: 30,
      sign: 1,
      ranking: rankings[30],
      hard: rankingOf(Float32Array.from(detecting.slice(0, 20)), new Float32Array(6).fill(3)),
      active: { positives: 16, negatives: 3 },
    });
  });

  it("chooses a detector on one half and measures it on the other", () => {
    const scores = [...noise(30, 3), detecting];
    const { modules } = detect(new Map([["a", maximaOf(scores)]]));
    const { selection, report } = halvesOf(concept, 1);
    const ofRows = ({ positives, negatives }: Concept) =>
      rankingOf(
        Float32Array.from(positives, (row) => detecting[row] ?? 0),
        Float32Array.from(negatives, (row) => detecting[row] ?? 0),
      );
    expect(modules).toMatchObject([{ module: "a", latent: 30, selection: ofRows(selection), report: ofRows(report) }]);
  });

  it("shows that the best of many latents without the concept is not better than chance on the other half", () => {
    const all = range(0, 12).map((seed) => detect(new Map([["a", maximaOf(noise(400, 10 + seed))]])).modules[0]);
    const mean = (read: (one: NonNullable<(typeof all)[number]>) => number) =>
      all.reduce((sum, one) => sum + (one === undefined ? 0 : read(one)), 0) / all.length;
    expect(mean(({ selection }) => selection.auroc)).toBeGreaterThan(0.8);
    expect(Math.abs(mean(({ report }) => report.auroc) - 0.5)).toBeLessThan(0.1);
  });

  it("takes the adapter's best detector by the half that chooses, over modules and both ends of a component", () => {
    const negated = detecting.map((score) => (score === 0 ? 0 : score + 1));
    const signed = maximaOf([noise(1, 4)[0] ?? [], noise(1, 5)[0] ?? [], noise(1, 6)[0] ?? [], negated], true);
    const { modules } = detect(
      new Map([
        ["a", maximaOf(noise(2, 8))],
        ["b", signed],
      ]),
    );
    expect(modules.map(({ module }) => module)).toEqual(["a", "b"]);
    expect(bestOfModules(modules)).toMatchObject({ module: "b", latent: 1, sign: -1 });
  });

  it("leaves out modules that are silent in every positive", () => {
    const silent = range(0, 56).map((row) => (row < 20 ? 0 : 1));
    const { top, modules } = detect(new Map([["a", maximaOf([silent])]]));
    expect(top).toEqual([]);
    expect(modules).toEqual([]);
    expect(bestOfModules(modules)).toBeUndefined();
  });
});

describe("The halves of a concept", () => {
  it("share no row and have all of them, as many of each kind", () => {
    const { selection, report } = halvesOf(concept, 1);
    for (const kind of ["positives", "negatives", "hardNegatives"] as const) {
      expect([...selection[kind], ...report[kind]].sort((a, b) => a - b)).toEqual(concept[kind]);
      expect(selection[kind].length - report[kind].length).toBe(0);
    }
    expect(halvesOf(concept, 2)).not.toEqual(halvesOf(concept, 1));
  });
});
