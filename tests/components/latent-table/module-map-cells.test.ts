import { describe, expect, it } from "vitest";
import { isInFilter, withLayer, withLayersTo, withModule, withProjection } from "@/components/latent-table/module-map/module-filter";
import { knownColours, mapCells, mapMax, rowMeans } from "@/components/latent-table/module-map/module-map-cells";
import { readLatentParams } from "@/components/latents/latent-params";

const module = (name: string, layer: number, projection: string, dead = 0, updateNorm: number | null = null) => ({
  name,
  layer,
  projection,
  numLatents: 8,
  dead,
  alwaysOn: 1,
  colourMax: 3,
  updateNorm,
  frozenNorm: null,
  updateRange: null,
  meanAbsAttribution: null,
});

describe("the map of modules", () => {
  it("puts projections on rows and layers on columns", () => {
    const { cells, hasPlainRows } = mapCells(
      [module("layers.0.self_attn.q_proj", 0, "q_proj", 2), module("layers.1.self_attn.q_proj", 1, "q_proj")],
      "alive",
      "latent",
    );
    expect(hasPlainRows).toBe(true);
    expect(cells.map(({ row, column, value }) => [row, column, value])).toEqual([
      ["q_proj", 0, 0.75],
      ["q_proj", 1, 1],
    ]);
    expect(cells[0]?.title).toBe("layers.0.self_attn.q_proj: 75\u202f%, 8 latents, 2 dead");
    expect(cells[0]?.texts).toEqual(["75\u202f% · 8 latents, 2 dead", "75\u202f%"]);
  });

  it("tells apart two projections of one name in one layer", () => {
    const { cells, hasPlainRows } = mapCells(
      [module("h.0.attn.c_proj", 0, "c_proj"), module("h.0.mlp.c_proj", 0, "c_proj")],
      "alwaysOn",
      "latent",
    );
    expect(hasPlainRows).toBe(false);
    expect(cells.map(({ row }) => row)).toEqual(["attn.c_proj", "mlp.c_proj"]);
  });

  it("scales what is alive to all, and the rest to the largest value there is", () => {
    const modules = [module("a.0.q", 0, "q", 2, 0.05), module("a.1.q", 1, "q", 4, 0.11)];
    expect(mapMax(mapCells(modules, "alive", "latent").cells, "alive")).toBe(1);
    expect(mapMax(mapCells(modules, "updateNorm", "latent").cells, "updateNorm")).toBe(0.11);
    expect(mapMax(mapCells(modules, "dead", "latent").cells, "dead")).toBe(0.5);
    expect(mapMax(mapCells([module("a.0.q", 0, "q")], "dead", "latent").cells, "dead")).toBe(0.01);
    expect(mapMax(mapCells(modules, "alwaysOn", "latent").cells, "alwaysOn")).toBe(0.125);
  });

  it("offers only what the collection knows, and says so of a module that lacks it", () => {
    const modules = [module("a.0.q", 0, "q", 2), module("a.1.q", 1, "q", 4, 0.11)];
    expect(knownColours(modules, false)).toEqual(["updateNorm", "alive", "dead", "alwaysOn"]);
    expect(knownColours(modules.slice(0, 1), false)).toEqual(["alive", "dead", "alwaysOn"]);
    expect(mapCells(modules, "updateNorm", "component").cells[0]?.title).toBe("a.0.q: unknown, 8 components, 2 dead");
  });

  it("ends each row with the mean of its known modules", () => {
    const modules = [module("a.0.q", 0, "q", 0, 0.1), module("a.1.q", 1, "q", 0, 0.3), module("a.1.v", 1, "v")];
    expect([...rowMeans(mapCells(modules, "updateNorm", "latent").cells, "updateNorm", "latent")]).toEqual([["q", "mean 0.200"]]);
  });
});

describe("choosing on the map", () => {
  const read = (text: string) => readLatentParams(new URLSearchParams(text));
  const cell = { module: "a.3.q", row: "q", column: 3, value: 1, title: "" };

  it("filters to a module, and lifts it on a second time", () => {
    const chosen = withModule(read("layerFrom=1&layerTo=2&domain=law"), "a.3.q");
    expect(chosen).toEqual(read("module=a.3.q&domain=law"));
    expect(withModule(chosen, "a.3.q")).toEqual(read("domain=law"));
  });

  it("filters to a layer and a projection together", () => {
    const chosen = withProjection(withLayer(read(""), 3), "q");
    expect(chosen).toEqual(read("layerFrom=3&layerTo=3&projection=q"));
    expect(isInFilter(cell, chosen)).toBe(true);
    expect(isInFilter({ ...cell, row: "v" }, chosen)).toBe(false);
    expect(withLayer(chosen, 3)).toEqual(read("projection=q"));
  });

  it("extends the layers from where they are, in either direction", () => {
    expect(withLayersTo(withLayer(read(""), 5), 9, undefined)).toEqual(read("layerFrom=5&layerTo=9"));
    expect(withLayersTo(read("layerFrom=5&layerTo=9"), 2, undefined)).toEqual(read("layerFrom=2&layerTo=9"));
    expect(withLayersTo(read("module=a.3.q"), 7, 3)).toEqual(read("layerFrom=3&layerTo=7"));
    expect(withLayersTo(read(""), 7, undefined)).toEqual(read("layerFrom=7&layerTo=7"));
  });

  it("marks nothing where nothing is filtered", () => {
    expect(isInFilter(cell, read("domain=law"))).toBe(false);
  });
});
