import { describe, expect, it } from "vitest";
import { chosenFrame, layOutHeatMap, nextPlace } from "@/components/plots/heat-map-layout";

const cells = [1, 0, 2].flatMap((column) => ["q", "v"].map((row) => ({ row, column, value: column / 3, title: `${column} ${row}` })));

it("orders columns by number and rows as they come", () => {
  const { rows, columns } = layOutHeatMap(cells, 300);
  expect([rows, columns]).toEqual([
    ["q", "v"],
    [0, 1, 2],
  ]);
});

it("puts cells of one column under one another and of one row beside one another", () => {
  const layout = layOutHeatMap(cells, 300);
  const at = (row: string, column: number) => layout.cells.find((cell) => cell.row === row && cell.column === column);
  expect(at("q", 1)?.x).toBe(at("v", 1)?.x);
  expect((at("v", 1)?.y ?? 0) - (at("q", 1)?.y ?? 0)).toBe(26);
  expect((at("q", 2)?.x ?? 0) - (at("q", 1)?.x ?? 0)).toBe(82);
});

it("keeps room for what stands beside the rows", () => {
  expect(layOutHeatMap(cells, 300).right).toBe(298);
  expect(layOutHeatMap(cells, 300, 60).right).toBe(238);
});

it("labels fewer columns where they are narrow", () => {
  const wide = Array.from({ length: 40 }, (_, column) => ({ row: "q", column, value: 0, title: "" }));
  expect(layOutHeatMap(wide, 400).labels.map(({ column }) => column)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
});

describe("what stands in the cells", () => {
  const written = (width: number, count = 3) => {
    const some = Array.from({ length: count }, (_, column) => ({
      row: "q",
      column,
      value: 0,
      title: "",
      texts: ["0.50 of 512 latents", "0.50"],
    }));
    return new Set(layOutHeatMap(some, width).cells.map(({ text }) => text));
  };

  it("is the longest text that has room in all of them", () => {
    expect(written(600)).toEqual(new Set(["0.50 of 512 latents"]));
    expect(written(240)).toEqual(new Set(["0.50"]));
    expect(written(100)).toEqual(new Set([""]));
  });

  it("is nothing where there are more than 60", () => {
    expect(written(6000, 60)).toEqual(new Set(["0.50"]));
    expect(written(6000, 61)).toEqual(new Set([""]));
  });
});

describe("the frame around what is chosen", () => {
  const layout = layOutHeatMap(cells, 300);

  it("holds a rectangle of cells", () => {
    const frame = chosenFrame(layout, (cell) => cell.column < 2);
    expect(frame).toMatchObject({ y: 24, height: 54 });
    expect(frame?.width).toBeCloseTo(2 * 82 - 1.5 + 4);
  });

  it("is none where the chosen cells fill no rectangle, where none is chosen, and where all are", () => {
    expect(chosenFrame(layout, (cell) => cell.title === "0 q" || cell.title === "1 v")).toBeNull();
    expect(chosenFrame(layout, () => false)).toBeNull();
    expect(chosenFrame(layout, () => true)).toBeNull();
  });
});

describe("the arrow keys", () => {
  // Two rows of three cells, of which one is missing, row names at −1, and names of the first and the last column below.
  const places = [
    { row: 0, column: 0 },
    { row: 0, column: 2 },
    { row: 1, column: 0 },
    { row: 1, column: 1 },
    { row: 1, column: 2 },
    { row: 0, column: -1 },
    { row: 2, column: 0 },
    { row: 2, column: 2 },
  ];

  it("step over a missing cell along a row, and reach its name", () => {
    expect(nextPlace(places, { row: 0, column: 0 }, "ArrowRight")).toEqual({ row: 0, column: 2 });
    expect(nextPlace(places, { row: 0, column: 0 }, "ArrowLeft")).toEqual({ row: 0, column: -1 });
  });

  it("find the nearest column's name below, and the way back up", () => {
    expect(nextPlace(places, { row: 1, column: 2 }, "ArrowDown")).toEqual({ row: 2, column: 2 });
    expect(nextPlace(places, { row: 2, column: 2 }, "ArrowUp")).toEqual({ row: 1, column: 2 });
  });

  it("stay where nothing lies in their direction, as does any other key", () => {
    expect(nextPlace(places, { row: 0, column: 2 }, "ArrowRight")).toEqual({ row: 0, column: 2 });
    expect(nextPlace(places, { row: 0, column: 2 }, "a")).toEqual({ row: 0, column: 2 });
  });
});
