import { expect, it } from "vitest";
import { layOutHeatMap } from "@/components/plots/heat-map-layout";

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

it("labels fewer columns where they are narrow", () => {
  const wide = Array.from({ length: 40 }, (_, column) => ({ row: "q", column, value: 0, title: "" }));
  expect(layOutHeatMap(wide, 400).labels.map(({ column }) => column)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
});
