import { expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { sortOrder } from "@/server/db/latents/sort-order";

it("orders values of both signs and all sizes, missing ones last, equal ones by place, the two zeros being equal", () => {
  const values = [3, Number.NaN, -0.5, 0, Infinity, -0, 3, -1e300, 5e-324, Number.NaN, -Infinity, 0];
  expect([...sortOrder(Float64Array.from(values))]).toEqual([10, 7, 2, 3, 5, 11, 8, 0, 6, 4, 1, 9]);
});

it("orders as a comparing sort does", () => {
  const random = new Random(7);
  const values = Float64Array.from({ length: 1009 }, () =>
    random.next() < 0.1 ? Number.NaN : Math.round((random.next() - 0.5) * 50) * 0.37,
  );
  const expected = [...values.keys()].sort((a, b) => {
    const [first = 0, second = 0] = [values[a], values[b]];
    return Number(Number.isNaN(first)) - Number(Number.isNaN(second)) || (first === second || Number.isNaN(first) ? a - b : first - second);
  });
  expect([...sortOrder(values)]).toEqual(expected);
});

it("orders nothing, and values that are all the same", () => {
  expect([...sortOrder(new Float64Array(0))]).toEqual([]);
  expect([...sortOrder(Float64Array.of(2, 2, 2))]).toEqual([0, 1, 2]);
});
