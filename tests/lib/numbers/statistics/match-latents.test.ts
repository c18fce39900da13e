import { describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { type Decoder, matchByCosines, matchLatents } from "@/lib/numbers/statistics/match-latents";

/** A decoder whose latents write the vectors given. */
function decoderOf(columns: readonly (readonly number[])[]): Decoder {
  const dOut = columns[0]?.length ?? 0;
  return {
    values: Float32Array.from(
      { length: dOut * columns.length },
      (_, i) => columns[i % columns.length]?.[Math.floor(i / columns.length)] ?? 0,
    ),
    dOut,
    numLatents: columns.length,
  };
}

const normals = (random: Random, count: number) => Array.from({ length: count }, () => random.nextNormal());

describe("matchLatents", () => {
  it("finds latents again that were permuted, scaled and blurred, and counts those above the threshold", () => {
    const random = new Random(3);
    const first = Array.from({ length: 13 }, () => normals(random, 31));
    const places = Int32Array.from({ length: 13 }, (_, i) => i);
    random.shuffle(places);
    // Latents 0…8 come back nearly as they were, the others are new.
    const second = new Array<number[]>(13);
    first.forEach((column, latent) => {
      second[places[latent] as number] = latent < 9 ? column.map((value) => 7 * value + 0.5 * random.nextNormal()) : normals(random, 31);
    });
    const { pairs, shareMatched, threshold } = matchLatents(decoderOf(first), decoderOf(second));
    expect([shareMatched, threshold, pairs.length]).toEqual([9 / 13, 0.7, 13]);
    for (const { first: latent, second: other, cosine } of pairs.slice(0, 9)) {
      expect(latent).toBeLessThan(9);
      expect(other).toBe(places[latent]);
      expect(cosine).toBeGreaterThan(0.98);
    }
  });

  it("pairs a decoder with itself at cosine 1, and with its negative only where signs mean nothing", () => {
    const random = new Random(5);
    const own = decoderOf(Array.from({ length: 7 }, () => normals(random, 5)));
    const negative = { ...own, values: own.values.map((value) => -value) };
    const self = matchLatents(own, own);
    expect(self.shareMatched).toBe(1);
    for (const { first, second, cosine } of self.pairs) {
      expect(second).toBe(first);
      expect(cosine).toBeCloseTo(1, 6);
    }
    expect(matchLatents(own, negative, "absolute").shareMatched).toBe(1);
    expect(matchLatents(own, negative, "absolute").pairs[0]?.cosine).toBeCloseTo(-1, 6);
    expect(matchLatents(own, negative).shareMatched).toBeLessThan(0.5);
  });

  it("takes the largest sum of cosines, not the nearest latent of each", () => {
    // Both first latents are nearest to the second decoder's latent 0; only one can have it.
    const { pairs } = matchLatents(
      decoderOf([
        [1, 0],
        [0.9, 0.1],
      ]),
      decoderOf([
        [1, 0.05],
        [0.3, 1],
      ]),
    );
    expect(pairs.map(({ first, second }) => [first, second])).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it("counts over the smaller side, and leaves latents that write nothing unmatched", () => {
    const [x, y, z] = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const wide = decoderOf([z, [1, 1, 1], y, x, [1, -1, 0]]);
    expect(matchLatents(decoderOf([x, y, z]), wide)).toMatchObject({ shareMatched: 1 });
    const dead = matchLatents(decoderOf([x, [0, 0, 0], y]), wide);
    expect(dead.shareMatched).toBeCloseTo(2 / 3, 12);
    expect(dead.pairs.map(({ first, second }) => [first, second])).toEqual([
      [0, 3],
      [2, 2],
    ]);
  });

  it("takes precomputed cosines, with a custom threshold", () => {
    const cosines = Float32Array.of(0.2, 0.75, -0.5, 0.6, 0.1, 0.65);
    expect(matchByCosines(cosines, 2, 3)).toEqual({
      pairs: [
        { first: 0, second: 1, cosine: 0.75 },
        { first: 1, second: 2, cosine: expect.closeTo(0.65, 6) },
      ],
      shareMatched: 0.5,
      threshold: 0.7,
    });
    expect(matchByCosines(cosines, 2, 3, "signed", 0.5).shareMatched).toBe(1);
  });

  it("refuses decoders of different spaces and values that are no matrix", () => {
    expect(() => matchLatents(decoderOf([[1, 2]]), decoderOf([[1, 2, 3]]))).toThrow("dOut 2 and 3");
    expect(() => matchLatents({ values: new Float32Array(5), dOut: 2, numLatents: 3 }, decoderOf([[1, 2]]))).toThrow(
      "5 values are not (2, 3)",
    );
    expect(() => matchLatents(decoderOf([[1, 2]]), decoderOf([[1, Number.NaN]]))).toThrow("latent 0 is not finite");
  });
});
