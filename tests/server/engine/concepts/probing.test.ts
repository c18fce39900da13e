import { describe, expect, it } from "vitest";
import type { Concept } from "@/lib/contract/concept";
import { probeSizes } from "@/lib/contract/probing";
import { Random } from "@/lib/numbers/random";
import { fitLogistic } from "@/lib/numbers/statistics/logistic-regression";
import { halvesOf } from "@/server/engine/concepts/concept-halves";
import { foldsOf, probeSplit } from "@/server/engine/concepts/probe-rows";
import { probeLatents, probeStates } from "@/server/engine/concepts/probing";
import type { SparseLines } from "@/server/engine/concepts/sparse-lines";
import { wholly } from "@/server/engine/tensor/in-parts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
const concept: Concept = { name: "rivers", positives: range(0, 40), negatives: range(40, 130), hardNegatives: range(130, 136) };
const placeOf = new Map(range(0, 136).map((row) => [row, 135 - row]));
const isPositive = (row: number) => row < 40;

/** @param values (latents, rows); only what is not 0 is listed */
function linesOf(values: readonly (readonly number[])[]): SparseLines {
  const listed = values.map((own) => own.flatMap((value, row) => (value === 0 ? [] : [{ place: placeOf.get(row) ?? -1, value }])));
  let end = 0;
  return {
    starts: Int32Array.of(0, ...listed.map((own) => (end += own.length))),
    places: Int32Array.from(listed.flat(), ({ place }) => place),
    values: Float32Array.from(listed.flat(), ({ value }) => value),
  };
}

/** Some with a part of the concept. @param shifts of each latent in positive rows */
function latents(shifts: readonly number[], seed: number): number[][] {
  const random = new Random(seed);
  return shifts.map((shift) => range(0, 136).map((row) => Math.fround(Math.max(random.nextNormal() + (isPositive(row) ? shift : 0), 0))));
}

const nothing = (count: number) => new Array<number>(count).fill(0);
const probe = (means: ReadonlyMap<string, SparseLines>, seed = 1) => wholly(probeLatents({ means, placeOf }, concept, seed));

describe("Sparse probes", () => {
  const values = latents([...nothing(12), 1, 3, ...nothing(12)], 3);

  it("read the latents whose means differ most over the train half, and are scored on the other", () => {
    const { module, latents: probes } = probe(new Map([["a", linesOf(values)]]));
    const { selection, report } = halvesOf(concept, 1);
    const negatives = selection.negatives.slice(0, 20);
    const meanOf = (own: readonly number[], rows: readonly number[]) => rows.reduce((sum, row) => sum + (own[row] ?? 0), 0) / rows.length;
    const sizes = values.map((own) => Math.abs(meanOf(own, selection.positives) - meanOf(own, negatives)));
    const expected = range(0, 26).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
    expect(module).toBe("a");
    expect(probes.map(({ columns }) => columns)).toEqual(probeSizes.map((k) => expected.slice(0, k)));
    expect(expected.slice(0, 2)).toEqual([13, 12]);

    const [first] = probes;
    const train = [...selection.positives, ...negatives];
    const read = Float64Array.from(train, (row) => values[13]?.[row] ?? 0);
    const fit = fitLogistic({ rows: 40, columns: 1, values: read }, train.map(isPositive));
    const right = [...report.positives, ...report.negatives.slice(0, 20)].filter(
      (row) => (fit.weights[0] ?? 0) * (values[13]?.[row] ?? 0) + fit.intercept > 0 === isPositive(row),
    );
    expect(first?.weights).toEqual([...fit.weights]);
    expect(first?.score.accuracy).toBe(right.length / 40);
    expect(first?.score.auroc).toBeGreaterThan(0.9);
    expect(first?.interval.accuracy[0]).toBeLessThan(right.length / 40);
    expect(first?.interval.accuracy[1]).toBeGreaterThan(right.length / 40);
  });

  it("are of the module that does best in folds of the train half", () => {
    const modules = new Map([
      ["a", linesOf(latents(nothing(9), 4))],
      ["b", linesOf(values)],
      ["c", linesOf(latents([0.5, ...nothing(9)], 5))],
    ]);
    expect(probe(modules).module).toBe("b");
  });

  it("are no better than chance where nothing shows the concept, however many latents there are", () => {
    const accuracies = range(0, 8).map((seed) => {
      const { latents: probes } = probe(
        new Map(range(0, 3).map((at) => [`${at}`, linesOf(latents(nothing(60), 20 + 3 * seed + at))])),
        seed,
      );
      return probes.reduce((sum, { score }) => sum + score.accuracy, 0) / probes.length;
    });
    expect(Math.abs(accuracies.reduce((sum, one) => sum + one, 0) / 8 - 0.5)).toBeLessThan(0.05);
  });

  it("leave out latents that never fire, and predict a constant where none does", () => {
    const one = latents([2], 6)[0] ?? [];
    const [, second] = probe(new Map([["a", linesOf([range(0, 136).map(() => 0), one])]])).latents;
    expect(second?.columns).toEqual([1]);
    const [silent] = probe(new Map([["a", linesOf([range(0, 136).map(() => 0)])]])).latents;
    expect(silent).toMatchObject({ columns: [], score: { accuracy: 0.5, auroc: 0.5 } });
  });

  it("stand beside probes on the module's input and the constant prediction", () => {
    const found = probe(new Map([["a", linesOf(values)]]));
    const random = new Random(7);
    const states = new Float32Array(136 * 3);
    for (const [row, place] of placeOf)
      for (const channel of range(0, 3)) states[place * 3 + channel] = random.nextNormal() + (channel === 2 && isPositive(row) ? 4 : 0);
    const { channels, dense, constant, latents: same } = wholly(probeStates(found, new Map([["a", { channels: 3, states }]]), 1));
    expect(same).toBe(found.latents);
    expect(channels.map(({ columns }) => columns.length)).toEqual([1, 2, 3, 3]);
    expect(channels[0]?.columns).toEqual([2]);
    expect(dense.columns).toEqual([0, 1, 2]);
    expect(dense.score.accuracy).toBeGreaterThan(0.9);
    expect(constant).toBe(0.5);
    expect(() => wholly(probeStates(found, new Map(), 1))).toThrow("a: its input was not read");
  });
});

describe("The rows of a probe", () => {
  it("are a detection's halves, with no more negatives than positives and without hard negatives", () => {
    const { selection, report } = halvesOf(concept, 4);
    const rowsOf = (places: readonly number[]) => places.map((place) => 135 - place);
    const { train, test } = probeSplit(concept, placeOf, 4);
    expect([train, test].map(({ positives }) => rowsOf(positives))).toEqual([selection.positives, report.positives]);
    expect([train, test].map(({ negatives }) => rowsOf(negatives))).toEqual(
      [selection.negatives, report.negatives].map((rows) => rows.slice(0, 20)),
    );
    expect(() => probeSplit(concept, new Map(), 4)).toThrow(/row \d+ of the concept rivers was not read/);
  });

  it("are divided into folds, each of which tests a part of both kinds once", () => {
    const rows = { positives: range(0, 9), negatives: range(9, 14) };
    const folds = foldsOf(rows);
    expect(folds.length).toBe(4);
    expect(folds.flatMap(({ test }) => test.positives).sort((a, b) => a - b)).toEqual(rows.positives);
    expect(folds.flatMap(({ test }) => test.negatives).sort((a, b) => a - b)).toEqual(rows.negatives);
    for (const { train, test } of folds) expect(train.negatives.filter((row) => test.negatives.includes(row))).toEqual([]);
    const few = { positives: [0], negatives: [1, 2] };
    expect(foldsOf(few)).toEqual([{ train: few, test: few }]);
  });
});
