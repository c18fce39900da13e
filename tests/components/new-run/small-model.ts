import type { ModelSummary } from "@/lib/contract/model";

export const model: ModelSummary = {
  id: "m",
  name: "tiny",
  architecture: "llama",
  format: "safetensors",
  path: "/models/tiny",
  revision: "1",
  parameters: 1000,
  sizeBytes: 4000,
  numLayers: 3,
  dModel: 5,
  vocab: 7,
  contextLength: 64,
  hasChatTemplate: false,
  projections: [
    { name: "self_attn.q_proj", dIn: 5, dOut: 11 },
    { name: "self_attn.v_proj", dIn: 5, dOut: 2 },
    { name: "mlp.down_proj", dIn: 13, dOut: 5 },
  ],
  defaultTargets: ["q_proj", "v_proj"],
  createdAt: "2026-01-01T00:00:00.000Z",
};
