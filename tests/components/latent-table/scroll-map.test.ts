import { describe, expect, it } from "vitest";
import { followScroll, placeAtDrawn, placeAtRows, scrollMap } from "@/components/latent-table/scroll-map";

const view = 900;
const small = scrollMap(245_760, 35, view);
const million = scrollMap(1_800_000, 35, view);
const most = million.rowsHeight - million.drawnHeight;

it("draws every pixel of a table that a browser can hold", () => {
  expect(small.drawnHeight).toBe(245_760 * 35);
  expect(followScroll(small, { drawn: 0, shift: 0 }, 8_000_000)).toEqual({ drawn: 8_000_000, shift: 0 });
});

describe("a table taller than a browser draws", () => {
  it("is drawn in whole rows, below what the narrowest browser holds", () => {
    expect(million.drawnHeight).toBeLessThan(17_000_000);
    expect(million.drawnHeight % 35).toBe(0);
  });

  it("begins with its first row and ends with its last", () => {
    expect(placeAtDrawn(million, 0)).toEqual({ drawn: 0, shift: 0 });
    expect(placeAtDrawn(million, million.drawnHeight - view).shift).toBe(most);
    expect(placeAtDrawn(million, -300).shift).toBe(0);
  });

  it("has the middle of the rows in the middle of the scroll bar", () => {
    const middle = placeAtDrawn(million, (million.drawnHeight - view) / 2);
    expect((middle.drawn + middle.shift) / (million.rowsHeight - view)).toBeCloseTo(0.5, 5);
  });

  it("moves by whole pixels under the wheel", () => {
    const from = placeAtRows(million, 30_000_000);
    const next = followScroll(million, from, from.drawn + 120);
    expect(next.drawn + next.shift).toBe(from.drawn + from.shift + 120);
  });

  it("goes where the scroll bar is dropped", () => {
    const from = placeAtRows(million, 1_000);
    const next = followScroll(million, from, 7_000_000);
    expect(next).toEqual(placeAtDrawn(million, 7_000_000));
  });

  it("keeps the rows in sight when it settles after a pause", () => {
    for (const rows of [0, 40, 5_000, 123_456, 31_000_000, 62_900_000, million.rowsHeight - view]) {
      const place = placeAtRows(million, rows);
      expect(place.drawn + place.shift).toBe(rows);
      expect(place.shift % 35).toBe(0);
    }
  });

  it("reaches the first row by wheel alone, however far the shift lags behind", () => {
    let place = { drawn: 400, shift: 35_000 };
    for (let event = 0; event < 400 && place.drawn + place.shift > 0; event++) {
      place = followScroll(million, place, Math.max(0, place.drawn - 120));
    }
    expect(place).toEqual({ drawn: 0, shift: 0 });
  });

  it("reaches the last row by wheel alone", () => {
    const end = million.drawnHeight - view;
    let place = { drawn: end - 400, shift: most - 35_000 };
    for (let event = 0; event < 400 && place.shift < most; event++) {
      place = followScroll(million, place, Math.min(end, place.drawn + 120));
    }
    expect(place).toMatchObject({ shift: most });
  });
});
