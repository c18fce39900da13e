import { describe, expect, it } from "vitest";
import { expectedCost } from "@/lib/contract/expected-cost";
import { trainedBytes } from "@/lib/contract/memory-plan";
import { fullConfig } from "@/lib/contract/methods/full/settings";
import type { ModelSummary } from "@/lib/contract/model";
import { adapterConfig, latentConfig } from "@/lib/contract/run-config";
import { adapterCost, baseFlopsPerToken } from "@/server/engine/adapters/counting";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { latentCases } from "@/tests/support/methods/methods";

const shapes = [
  { name: "q_proj", dIn: 8, dOut: 8 },
  { name: "v_proj", dIn: 8, dOut: 4 },
  { name: "down_proj", dIn: 20, dOut: 8 },
];
const model: ModelSummary = {
  id: "m",
  name: "m",
  architecture: "llama",
  format: "safetensors",
  path: "/m",
  revision: "r",
  parameters: 1234,
  sizeBytes: 1,
  numLayers: 3,
  dModel: 8,
  vocab: 50,
  contextLength: 16,
  hasChatTemplate: false,
  projections: shapes,
  defaultTargets: ["q_proj"],
  createdAt: "",
};
const projections = [0, 1, 2].flatMap((layer) => shapes.map((shape) => ({ ...shape, layer, module: `layers.${layer}.${shape.name}` })));

describe("what a run is expected to cost", () => {
  it("counts the matrices that VeRA's modules share once on disk, and not among what is trained", () => {
    const adapter = latentConfig.parse({ method: "vera", rank: 7, targets: { modules: ["v_proj", "down_proj"] } });
    const trained = 3 * (7 + 4 + (7 + 8));
    expect(expectedCost(adapter, model)).toMatchObject({ trainableParameters: trained, adapterBytes: 4 * (trained + 7 * (20 + 8)) });
  });

  it.each([
    { method: "stan", numLatents: 11, k: 3, targets: { modules: ["q_proj", "v_proj"] } },
    { method: "stan", numLatents: 4, k: 9, targets: { modules: ["down_proj"], layers: [0, 2] } },
    { method: "lora", rank: 5, alpha: 10, targets: { modules: ["v_proj"], layers: [1] } },
    { method: "lora", rank: 5, alpha: 10, rankPattern: { v_proj: 2 }, targets: { modules: ["q_proj", "v_proj"] } },
    { method: "lora", rank: 5, alpha: 10, useDora: true, targets: { modules: ["q_proj", "v_proj"], layers: [0, 2] } },
    {
      method: "stan",
      numLatents: 11,
      k: 3,
      latentsPattern: { q_proj: 7, v_proj: 2 },
      kPattern: { down_proj: 5 },
      targets: { modules: ["q_proj", "v_proj", "down_proj"] },
    },
    ...latentCases.map(({ config }) => ({ ...config, targets: { modules: ["q_proj", "down_proj"], layers: [0, 2] } })),
  ])("is what the engine counts once the model is loaded: %j", (written) => {
    const adapter = latentConfig.parse(written);
    const { bytes, flopsPerToken, ...counted } = adapterCost(planModules(projections, adapter));
    expect(expectedCost(adapter, model)).toEqual({
      ...counted,
      adapterBytes: bytes,
      baseParameters: 1234,
      flopsPerToken: flopsPerToken + baseFlopsPerToken(projections, model),
      medianStepMs: null,
      tokensPerSecond: null,
      peakMemoryBytes: null,
    });
  });

  it("of whole weights is theirs with their biases, in the place of frozen ones", () => {
    const described = { ...model, projections: shapes.map((shape) => ({ ...shape, hasBias: shape.name === "q_proj" })) };
    const some = fullConfig.parse({ method: "full", targets: { modules: ["q_proj", "down_proj"], layers: [0, 2] } });
    const trained = 2 * (8 * 8 + 8 + 20 * 8);
    expect(expectedCost(some, described)).toMatchObject({
      trainableParameters: trained,
      activeParameters: trained,
      adapterBytes: 4 * trained,
      flopsPerToken: baseFlopsPerToken(projections, model),
    });
    expect(trainedBytes(trained)).toBe(16 * trained);
    const all = expectedCost(fullConfig.parse({ method: "full" }), { ...described, hasPooler: true });
    expect(all?.trainableParameters).toBe(3 * (8 * 8 + 8 + 8 * 4 + 20 * 8) + 8 * 8 + 8);
    expect(expectedCost(fullConfig.parse({ method: "full", targets: { modules: ["layers.0.q_proj"] } }), described)).toBeNull();
  });

  it("of a head alone is nothing but the head, which is counted apart", () => {
    expect(expectedCost({ method: "head" }, model)).toMatchObject({ trainableParameters: 0, activeParameters: 0, adapterBytes: 0 });
  });

  it("is not guessed where a target or a pattern's key is a longer name", () => {
    const adapter = adapterConfig.parse({ method: "lora", rank: 5, alpha: 10, targets: { modules: ["layers.0.q_proj"] } });
    expect(expectedCost(adapter, model)).toBeNull();
    const byLayer = { method: "lora", rank: 5, alpha: 10, rankPattern: { "layers.0.q_proj": 2 }, targets: { modules: ["q_proj"] } };
    expect(expectedCost(adapterConfig.parse(byLayer), model)).toBeNull();
  });

  it("is refused before where a pattern is no expression or no size", () => {
    const parse = (rankPattern: unknown) =>
      adapterConfig.safeParse({ method: "lora", rank: 5, alpha: 10, rankPattern, targets: { modules: ["q_proj"] } });
    expect(parse({ "(q|v)_proj": 2 }).success).toBe(true);
    for (const wrong of [{ "(q_proj": 2 }, { q_proj: 0 }, { q_proj: 1.5 }, { "": 2 }]) expect(parse(wrong).success).toBe(false);
  });
});
