import { describe, expect, it } from "vitest";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { parseModelConfig } from "@/lib/contract/architectures/parse-model-config";
import { toyConfigs } from "@/tests/server/engine/toy";

const llama = (more: RawModelConfig = {}) => parseModelConfig({ ...toyConfigs.llama, ...more });

describe("parseModelConfig", () => {
  it("reads the rotary base from old and new files", () => {
    expect(llama({ rope_theta: 500_000 })).toMatchObject({ rotary: [{ theta: 500_000 }] });
    expect(llama({ rope_theta: undefined, rope_parameters: { rope_theta: 7, rope_type: "default" } })).toMatchObject({
      rotary: [{ theta: 7 }],
    });
    expect(llama({ rope_theta: undefined })).toMatchObject({ rotary: [{ theta: 10_000 }] });
  });

  it("names the supported architectures when it meets another", () => {
    expect(() => parseModelConfig({ model_type: "mamba" })).toThrow(
      'model_type "mamba" is not supported; supported are llama, mistral, mixtral, qwen2, qwen3, qwen3_moe, olmo2, gpt2',
    );
    expect(() => parseModelConfig({})).toThrow("model_type undefined");
  });

  it("refuses by name what would silently compute something else", () => {
    expect(() => llama({ hidden_act: "gelu" })).toThrow('hidden_act "gelu" is not supported');
    expect(() => llama({ rope_scaling: { rope_type: "yarn", factor: 4 } })).toThrow(
      'rope_type "yarn" is not supported; supported are default, linear, llama3',
    );
    expect(() => llama({ rope_scaling: { type: "linear" } })).toThrow("factor must be a number above 0");
    expect(() => llama({ num_key_value_heads: 4 })).toThrow("num_attention_heads 6 is not a multiple of num_key_value_heads 4");
    expect(() => llama({ hidden_size: "10" })).toThrow('hidden_size must be a whole number above 0, and is "10"');
    expect(() => parseModelConfig({ ...toyConfigs.gpt2, scale_attn_by_inverse_layer_idx: true })).toThrow(
      "scale_attn_by_inverse_layer_idx",
    );
  });

  it("gives each layer its window: all of Mistral's, Qwen2's from one on where it slides at all, or those that the file names", () => {
    const [whole, slides] = [{ window: undefined, rotary: 0 }, { window: 11, rotary: 0 }];
    const mistral = { ...toyConfigs.llama, model_type: "mistral", sliding_window: 11 };
    expect(parseModelConfig(mistral)).toMatchObject({ contextLength: 29, layerAttention: [slides, slides], hasOutputBias: false });
    expect(parseModelConfig({ ...mistral, sliding_window: null })).toMatchObject({ layerAttention: [whole, whole] });
    const qwen2 = { ...toyConfigs.qwen2, sliding_window: 11, max_window_layers: 1 };
    expect(parseModelConfig({ ...qwen2, use_sliding_window: false })).toMatchObject({ layerAttention: [whole, whole], hasQkvBias: true });
    expect(parseModelConfig({ ...qwen2, use_sliding_window: true })).toMatchObject({ layerAttention: [whole, slides] });
    const named = (...layer_types: string[]) => parseModelConfig({ ...mistral, layer_types });
    expect(named("sliding_attention", "full_attention")).toMatchObject({ layerAttention: [slides, whole] });
    expect(() => named("sliding_attention")).toThrow("layer_types must name 2 layers");
    expect(() => named("full_attention", "linear_attention")).toThrow('layer_types "linear_attention" is not supported');
  });
});
