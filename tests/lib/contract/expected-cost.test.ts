import { describe, expect, it } from "vitest";
import { expectedCost } from "@/lib/contract/expected-cost";
import type { ModelSummary } from "@/lib/contract/model";
import { adapterConfig, latentConfig } from "@/lib/contract/run-config";
import { adapterCost, baseFlopsPerToken } from "@/server/engine/adapters/counting";
import { planModules } from "@/server/engine/adapters/plan-modules";

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
