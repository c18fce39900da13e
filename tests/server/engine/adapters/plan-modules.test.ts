import { describe, expect, it } from "vitest";
import { adapterCost } from "@/server/engine/adapters/counting";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { loraSettings, stanSettings } from "@/tests/server/engine/tiny";

const projections = [0, 1].flatMap((layer) =>
  ["attn.c_attn", "attn.c_proj", "mlp.c_proj"].map((name) => ({
    module: `transformer.h.${layer}.${name}`,
    name: name.slice(name.indexOf(".") + 1),
    layer,
    dIn: 5,
    dOut: 7,
  })),
);
const chosen = (modules: readonly string[] | string, layers: readonly number[] | null = null) =>
  planModules(projections, stanSettings([], { targets: { modules, layers } })).map(({ module }) => module);

describe("planModules", () => {
  it("takes modules by the end of their name, by the whole name and by a regular expression", () => {
    expect(chosen(["c_attn"])).toEqual(["transformer.h.0.attn.c_attn", "transformer.h.1.attn.c_attn"]);
    expect(chosen(["c_proj"])).toHaveLength(4);
    expect(chosen(["mlp.c_proj"])).toEqual(["transformer.h.0.mlp.c_proj", "transformer.h.1.mlp.c_proj"]);
    expect(chosen(["transformer.h.1.attn.c_proj"])).toEqual(["transformer.h.1.attn.c_proj"]);
    expect(chosen(".*h\\.1\\..*c_attn")).toEqual(["transformer.h.1.attn.c_attn"]);
  });

  it("takes only the given layers", () => {
    expect(chosen(["c_attn"], [1])).toEqual(["transformer.h.1.attn.c_attn"]);
  });

  it("does not match a name that merely has the same ending", () => {
    expect(() => chosen(["attn"])).toThrow('target "attn" matches no module of the model; its modules are c_attn, c_proj');
  });

  it("refuses layers and sizes that are not there", () => {
    expect(() => chosen(["c_attn"], [2])).toThrow("layer 2 is not in 0…1");
    expect(() => chosen(["c_attn"], [])).toThrow("list of layers is empty");
    expect(() => chosen([])).toThrow("no target modules are given");
    expect(() => planModules(projections, stanSettings(["c_attn"], { k: 0 }))).toThrow("k must be a whole number above 0, but is 0");
    expect(() => planModules(projections, loraSettings(["c_attn"], { rank: 1.5 }))).toThrow("rank");
    expect(() => planModules(projections, loraSettings(["c_attn"], { rankPattern: { "h.1.attn.c_attn": 0 } }))).toThrow(
      "transformer.h.1.attn.c_attn: rank must be a whole number above 0, but is 0",
    );
  });

  it("gives modules that a pattern names their own sizes: the first key that matches the end of a name counts", () => {
    const latentsPattern = { "^transformer.h.1": 3, "h.1.*": 13, "mlp\\.c_proj": 17 };
    const stan = planModules(
      projections,
      stanSettings(["c_attn", "mlp.c_proj"], {
        numLatents: 11,
        k: 4,
        alpha: 2,
        latentsPattern,
        kPattern: { "h.0.attn.c_attn": 2, attn: 5 },
      }),
    );
    expect(stan.map(({ module, numLatents, scaling }) => [module, numLatents, scaling])).toEqual([
      ["transformer.h.0.attn.c_attn", 11, 1],
      ["transformer.h.0.mlp.c_proj", 17, 0.5],
      ["transformer.h.1.attn.c_attn", 13, 0.5],
      ["transformer.h.1.mlp.c_proj", 13, 0.5],
    ]);
    const patterns = { rank: 4, alpha: 6, rankPattern: { "0.attn.c_attn": 9 }, alphaPattern: { c_attn: 3 } };
    const scalings = (useRslora: boolean) =>
      planModules(projections, loraSettings(["c_attn"], { ...patterns, useRslora })).map(({ scaling }) => scaling);
    expect(scalings(false)).toEqual([3 / 9, 3 / 4]);
    expect(scalings(true)).toEqual([3 / 3, 3 / 2]);
    expect(adapterCost(planModules(projections, loraSettings(["c_attn"], patterns))).trainableParameters).toBe(9 * 12 + 4 * 12);
  });
});

describe("adapterCost", () => {
  it("counts trained and active parameters, bytes and products", () => {
    const stan = planModules(projections, stanSettings(["c_attn"], { numLatents: 11, k: 3 }));
    expect(adapterCost(stan)).toEqual({
      trainableParameters: 2 * 11 * 12,
      activeParameters: 2 * 3 * 12,
      bytes: 8 * 11 * 12,
      flopsPerToken: 2 * (2 * 11 * 5 + 2 * 3 * 7),
    });
    const lora = planModules(projections, loraSettings(["c_attn"], { rank: 3 }));
    expect(adapterCost(lora)).toMatchObject({ trainableParameters: 2 * 3 * 12, activeParameters: 2 * 3 * 12 });
  });
});
