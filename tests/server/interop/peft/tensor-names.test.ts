import { expect, it } from "vitest";
import { canonicalName } from "@/server/interop/peft/tensor-names";

it.each([
  ["base_model.model.model.layers.0.q_proj.lora_A.weight", "base_model.model.model.layers.0.q_proj.lora_A.weight"],
  ["base_model.model.model.layers.0.q_proj.lora_B.default.weight", "base_model.model.model.layers.0.q_proj.lora_B.weight"],
  ["transformer.h.3.attn.c_attn.stan_E.weight", "base_model.model.transformer.h.3.attn.c_attn.stan_E.weight"],
  ["model.layers.0.q_proj.stan_D.my_task.weight", "base_model.model.model.layers.0.q_proj.stan_D.weight"],
  ["base_model.model.x.lora_magnitude_vector", "base_model.model.x.lora_magnitude_vector"],
  ["base_model.model.x.lora_magnitude_vector.default.weight", "base_model.model.x.lora_magnitude_vector"],
  ["base_model.model.x.lora_magnitude_vector.weight", "base_model.model.x.lora_magnitude_vector"],
  ["base_model.model.x.vera_lambda_d.default", "base_model.model.x.vera_lambda_d"],
  ["base_model.vera_A.default", "base_model.vera_A"],
  ["base_model.vera_B", "base_model.vera_B"],
  ["base_model.model.classifier.modules_to_save.default.out_proj.weight", "base_model.model.classifier.out_proj.weight"],
  ["classifier.modules_to_save.default.weight", "base_model.model.classifier.weight"],
  ["base_model.model.classifier.weight", "base_model.model.classifier.weight"],
])("the tensor %s is %s for PEFT", (name, canonical) => {
  expect(canonicalName(name)).toBe(canonical);
});
