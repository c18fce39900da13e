import { expect, it } from "vitest";
import { mapCells, mapMax } from "@/components/latent-table/module-map-cells";

const module = (name: string, layer: number, projection: string, dead = 0) => ({
  name,
  layer,
  projection,
  numLatents: 8,
  dead,
  alwaysOn: 1,
  colourMax: 3,
});

it("puts projections on rows and layers on columns", () => {
  const { cells, hasPlainRows } = mapCells(
    [module("layers.0.self_attn.q_proj", 0, "q_proj", 2), module("layers.1.self_attn.q_proj", 1, "q_proj")],
    "alive",
  );
  expect(hasPlainRows).toBe(true);
  expect(cells.map(({ row, column, value }) => [row, column, value])).toEqual([
    ["q_proj", 0, 0.75],
    ["q_proj", 1, 1],
  ]);
  expect(cells[0]?.title).toBe("layers.0.self_attn.q_proj: 6 of 8 alive, 2 dead, 1 always on");
});

it("tells apart two projections of one name in one layer", () => {
  const { cells, hasPlainRows } = mapCells([module("h.0.attn.c_proj", 0, "c_proj"), module("h.0.mlp.c_proj", 0, "c_proj")], "dead");
  expect(hasPlainRows).toBe(false);
  expect(cells.map(({ row }) => row)).toEqual(["attn.c_proj", "mlp.c_proj"]);
});

it("scales what is alive to all, and the rest to the largest share there is", () => {
  const modules = [module("a.0.q", 0, "q", 2), module("a.1.q", 1, "q", 4)];
  expect(mapMax(mapCells(modules, "alive").cells, "alive")).toBe(1);
  expect(mapMax(mapCells(modules, "dead").cells, "dead")).toBe(0.5);
});
