import { expect, it } from "vitest";
import { toLiveNames } from "@/lib/contract/architectures/vision/live-names";

it("modules of adapters over LLaVA have the live model's names, whichever transformers wrote them", () => {
  const toLive = toLiveNames("model.vision_tower.encoder.layers.0.self_attn.q_proj");
  const before = "base_model.model.";
  const cases = [
    ["language_model.model.layers.3.self_attn.q_proj", "model.language_model.layers.3.self_attn.q_proj"],
    ["model.language_model.layers.3.mlp.up_proj", "model.language_model.layers.3.mlp.up_proj"],
    ["vision_tower.vision_model.encoder.layers.0.self_attn.v_proj", "model.vision_tower.encoder.layers.0.self_attn.v_proj"],
    ["model.vision_tower.encoder.layer.0.attention.attention.query", "model.vision_tower.encoder.layer.0.attention.q_proj"],
    ["multi_modal_projector.linear_1", "model.multi_modal_projector.linear_1"],
  ] as const;
  for (const [old, live] of cases) {
    expect(toLive?.(old)).toBe(live);
    expect(toLive?.(`${before}${old}.lora_A.weight`)).toBe(`${before}${live}.lora_A.weight`);
  }
  expect(toLiveNames("model.layers.0.self_attn.q_proj")).toBeUndefined();
});
