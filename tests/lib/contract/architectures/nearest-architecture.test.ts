import { describe, expect, it } from "vitest";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { parseAnyConfig } from "@/lib/contract/architectures/parse-any-config";
import { supportOf } from "@/lib/contract/architectures/support-of";

function refusal(raw: RawModelConfig): string {
  try {
    parseAnyConfig(raw);
  } catch (error) {
    return String(error).replace(/.*supported: [^;]*(?:; )?/, "");
  }
  throw new Error("the configuration was read");
}

describe("the refusal of an architecture", () => {
  it.each<[string, RawModelConfig, string]>([
    ["a relative by name", { model_type: "olmo", rms_norm_eps: 1e-5 }, "the nearest is olmo2"],
    ["a relative with experts", { model_type: "qwen2_moe", num_experts: 60 }, "the nearest is qwen3_moe"],
    ["a name within the name", { model_type: "xlm-roberta" }, "the nearest is roberta"],
    ["its kind, from the keys of a Llama", { model_type: "internlm2", rms_norm_eps: 1e-5 }, "the nearest is llama"],
    ["its kind, from the keys of a GPT-2", { model_type: "gpt_bigcode", n_embd: 64 }, "the nearest is gpt2"],
  ])("names %s", (_, raw, expected) => {
    expect(refusal(raw)).toBe(expected);
  });

  it("names what is missing, with the key that asks for it", () => {
    expect(refusal({ model_type: "deepseek_v3", n_routed_experts: 256, kv_lora_rank: 512, n_shared_experts: 1 })).toBe(
      "the nearest is mixtral; the engine has no latent attention (kv_lora_rank), no shared experts (n_shared_experts)",
    );
    expect(refusal({ model_type: "mamba", state_size: 16 })).toBe("the engine has no state-space layers (state_size)");
  });

  it.each(["idefics3", "smolvlm", "llava_next"])("names LLaVA for %s, which reads images otherwise", (model_type) => {
    expect(refusal({ model_type, vision_config: { image_size: 512 }, text_config: { model_type: "llama" } })).toBe(
      "the nearest is llava; the engine has no image input like its own (vision_config)",
    );
    expect(supportOf({ model_type: "llava" })).toEqual({ architecture: "llava", isSupported: true, nearest: null, missing: [] });
  });

  it("claims nothing where the configuration says nothing", () => {
    expect(refusal({ model_type: "another" })).toBe("");
    expect(refusal({})).toBe("");
  });
});

it.each([
  [{ quantization_config: { quant_method: "gptq", bits: 4 } }, "gptq"],
  [{ compression_config: { format: "int-quantized" } }, "an unknown method"],
])("weights that are quantised in the checkpoint are refused with what to do: %j", (settings, method) => {
  for (const model_type of ["llama", "bert"])
    expect(() => parseAnyConfig({ model_type, ...settings })).toThrow(
      `config.json: the weights are quantised by ${method} (quantization_config), which is not supported; use the original checkpoint or a GGUF file`,
    );
  const missing = [`reader of ${method} weights (quantization_config)`];
  expect(supportOf({ model_type: "llama", ...settings })).toEqual({ architecture: "llama", isSupported: true, nearest: null, missing });
});

it("settings of quantisation that are empty change nothing", () => {
  expect(supportOf({ model_type: "llama", quantization_config: null })).toMatchObject({ isSupported: true, missing: [] });
});

it("supports encoders of images", () => {
  expect(supportOf({ model_type: "dinov2" })).toEqual({ architecture: "dinov2", isSupported: true, nearest: null, missing: [] });
});
