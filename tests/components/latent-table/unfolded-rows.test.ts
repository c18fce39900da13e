import { describe, expect, it } from "vitest";
import { drawnCount, nothingUnfolded, placeOfDrawn, unfoldedBetween, withRowsUnder } from "@/components/latent-table/unfolded-rows";
import { latentRowWith } from "@/tests/support/latent-detail";

const rows = (...indices: number[]) => indices.map((index) => latentRowWith({ index }));
/** Two rows under the second, one under the fifth. */
const unfolded = withRowsUnder(withRowsUnder(nothingUnfolded, 4, rows(30)), 1, rows(10, 11));

describe("near-duplicates that are unfolded in place", () => {
  it("stand under their row, and move those below", () => {
    expect(drawnCount(6, unfolded)).toBe(9);
    const places = Array.from({ length: 9 }, (_, drawn) => placeOfDrawn(drawn, unfolded));
    expect(places.map(({ index, nth }) => (nth === null ? `${index}` : `${index}.${nth}`))).toEqual([
      "0",
      "1",
      "1.0",
      "1.1",
      "2",
      "3",
      "4",
      "4.0",
      "5",
    ]);
  });

  it("go again once there are none, and leave the others", () => {
    expect([...withRowsUnder(unfolded, 1, []).keys()]).toEqual([4]);
    expect(drawnCount(6, nothingUnfolded)).toBe(6);
    expect(placeOfDrawn(3, nothingUnfolded)).toEqual({ index: 3, nth: null });
  });

  it("are chosen with the rows that a range takes in", () => {
    expect(unfoldedBetween(unfolded, 0, 3).map(({ index }) => index)).toEqual([10, 11]);
    expect(unfoldedBetween(unfolded, 2, 4).map(({ index }) => index)).toEqual([30]);
  });
});
