import { describe, expect, it } from "vitest";
import { DECODER_NAMES } from "@/lib/contract/architectures/architectures";
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
      `model_type "mamba" is not supported; supported: ${DECODER_NAMES.join(", ")}`,
    );
    expect(() => parseModelConfig({})).toThrow("model_type undefined");
  });

  it("refuses by name what would silently compute something else", () => {
    expect(() => llama({ hidden_act: "gelu" })).toThrow('hidden_act "gelu" is not supported');
    expect(() => llama({ rope_scaling: { rope_type: "mrope", factor: 4 } })).toThrow(
      'rope_type "mrope" is not supported; supported: default, linear, dynamic, yarn, llama3, longrope',
    );
    const longrope = { type: "longrope", short_factor: [1, 1], long_factor: [1] };
    expect(() => llama({ rope_scaling: longrope })).toThrow("long_factor must be 2 numbers above 0, half of the 4 rotated dimensions");
    expect(() => llama({ rope_scaling: { type: "linear" } })).toThrow("factor must be a number above 0");
    expect(() => llama({ num_key_value_heads: 4 })).toThrow("num_attention_heads 6 is not a multiple of num_key_value_heads 4");
    expect(() => llama({ hidden_size: "10" })).toThrow('hidden_size must be a whole number above 0, but is "10"');
    expect(() => parseModelConfig({ ...toyConfigs.gpt2, scale_attn_by_inverse_layer_idx: true })).toThrow(
      "scale_attn_by_inverse_layer_idx",
    );
  });

  it.each(Object.values(toyConfigs))("refuses more layers than any model has before it lists them: $model_type", (config) => {
    const key = config.model_type === "gpt2" ? "n_layer" : "num_hidden_layers";
    for (const count of [20_000_000, 4_294_967_294, 1e300])
      expect(() => parseModelConfig({ ...config, [key]: count })).toThrow(`config.json: ${key} must be at most 10000, but is ${count}`);
  });

  it("leaves the layers of SmolLM3 without rotary positions that the file names, or every fourth", () => {
    const five = { ...toyConfigs.llama, model_type: "smollm3", num_hidden_layers: 5, tie_word_embeddings: undefined };
    const rotary = (more: RawModelConfig) => {
      const config = parseModelConfig({ ...five, ...more });
      if (config.blocks !== "gated") throw new Error("SmolLM3 has gated blocks");
      return config.layerAttention.map((layer) => layer.rotary);
    };
    expect(rotary({})).toEqual([0, 0, 0, undefined, 0]);
    expect(rotary({ no_rope_layers: [1, 0, 1, 0, 0] })).toEqual([0, undefined, 0, undefined, undefined]);
    expect(() => rotary({ no_rope_layers: [1, 0] })).toThrow("no_rope_layers must have 0 or 1 for layer 2, but is [1,0]");
  });

  it("scales the rotary positions of OLMo 3 in full layers alone, which are every fourth unless the file says otherwise", () => {
    const olmo3 = { ...toyConfigs.olmo2, model_type: "olmo3", num_hidden_layers: 5, sliding_window: 11, rope_theta: 700 };
    const yarn = { type: "yarn", factor: 4, original_max_position_embeddings: 29 };
    const [whole, slides] = [
      { window: undefined, rotary: 0 },
      { window: 11, rotary: 1 },
    ];
    const rotary = [
      { theta: 700, scaling: { kind: "yarn" } },
      { theta: 700, scaling: { kind: "none" } },
    ];
    expect(parseModelConfig({ ...olmo3, rope_scaling: yarn })).toMatchObject({
      layerAttention: [slides, slides, slides, whole, slides],
      rotary,
      contextLength: 116,
    });
    const rope_parameters = {
      full_attention: { ...yarn, rope_type: "yarn", rope_theta: 700 },
      sliding_attention: { rope_type: "default", rope_theta: 700 },
    };
    expect(parseModelConfig({ ...olmo3, rope_theta: undefined, rope_parameters })).toMatchObject({ rotary, contextLength: 116 });
  });

  it("multiplies cos and sin by the attention factor of the file, or by the one that its paper gives", () => {
    const scaling = (rope_scaling: RawModelConfig, more: RawModelConfig = {}) => llama({ ...more, rope_scaling });
    const factor = (attentionFactor: number) => ({ rotary: [{ scaling: { attentionFactor } }] });
    expect(scaling({ type: "yarn", factor: 4 })).toMatchObject(factor(0.1 * Math.log(4) + 1));
    expect(scaling({ type: "yarn", factor: 4, attention_factor: 1.5 })).toMatchObject(factor(1.5));
    expect(scaling({ type: "yarn", factor: 4, mscale: 1, mscale_all_dim: 1 })).toMatchObject(factor(1));
    const factors = { short_factor: [1, 1], long_factor: [1, 1] };
    expect(scaling({ type: "su", ...factors }, { original_max_position_embeddings: 29 / 4 })).toMatchObject(
      factor(Math.sqrt(1 + Math.log(4) / Math.log(29 / 4))),
    );
  });

  it("reads as many tokens as the scaling reaches, where max_position_embeddings is still the length before it", () => {
    const reach = (rope_scaling: RawModelConfig) => llama({ rope_scaling }).contextLength;
    expect(reach({ type: "yarn", factor: 4, original_max_position_embeddings: 29 })).toBe(116);
    expect(reach({ type: "yarn", factor: 4, original_max_position_embeddings: 7 })).toBe(29);
    expect(reach({ type: "dynamic", factor: 2 })).toBe(58);
    expect(reach({ type: "linear", factor: 2 })).toBe(29);
  });

  it("gives each layer its window: all of Mistral's, Qwen2's from one on where it slides at all, or those that the file names", () => {
    const [whole, slides] = [
      { window: undefined, rotary: 0 },
      { window: 11, rotary: 0 },
    ];
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
