import { describe, expect, it } from "vitest";
import { parseModelConfig, type RawModelConfig } from "@/server/engine/models/config";
import { rotaryFrequencies } from "@/server/engine/models/rotary-frequencies";
import { toyConfigs } from "@/tests/server/engine/toy";

const llama = (more: RawModelConfig = {}) => parseModelConfig({ ...toyConfigs.llama, ...more });

function frequencies(more: RawModelConfig): number[] {
  const config = llama(more);
  if (config.family !== "llama") throw new Error("not of the llama family");
  return rotaryFrequencies(config);
}

describe("parseModelConfig", () => {
  it("reads the rotary base from old and new files", () => {
    expect(llama({ rope_theta: 500_000 })).toMatchObject({ ropeTheta: 500_000 });
    expect(llama({ rope_theta: undefined, rope_parameters: { rope_theta: 7, rope_type: "default" } })).toMatchObject({ ropeTheta: 7 });
    expect(llama({ rope_theta: undefined })).toMatchObject({ ropeTheta: 10_000 });
  });

  it("names the supported architectures when it meets another", () => {
    expect(() => parseModelConfig({ model_type: "mamba" })).toThrow(
      'model_type "mamba" is not supported; supported are llama, mistral, qwen2, gpt2',
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

  it("bounds the context by a sliding window, within which attention is full", () => {
    const mistral = { ...toyConfigs.llama, model_type: "mistral", sliding_window: 11 };
    expect(parseModelConfig(mistral)).toMatchObject({ contextLength: 11, hasOutputBias: false });
    expect(parseModelConfig({ ...toyConfigs.qwen2, sliding_window: 11, use_sliding_window: false })).toMatchObject({
      contextLength: 29,
      hasQkvBias: true,
    });
  });
});

describe("rotaryFrequencies", () => {
  const size = { head_dim: 8, rope_theta: 10_000 };

  it("falls by a fixed ratio, and linear scaling divides it", () => {
    expect(frequencies(size)).toEqual([1, 0.1, 0.01, 0.001].map((value) => expect.closeTo(value, 12)));
    expect(frequencies({ ...size, rope_scaling: { type: "linear", factor: 4 } })).toEqual(
      [0.25, 0.025, 0.0025, 0.00025].map((value) => expect.closeTo(value, 12)),
    );
  });

  it("keeps short waves, stretches long ones and ramps between, as Llama 3.1 does", () => {
    const scaling = { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 1000 };
    // Turns within 1000 tokens: 159, 15.9, 1.59, 0.159. The third lies at (1.59 − 1) / 3 of the ramp.
    const kept = (10 / (2 * Math.PI) - 1) / 3;
    const wanted = [1, 0.1, kept * 0.01 + (1 - kept) * (0.01 / 8), 0.001 / 8];
    expect(frequencies({ ...size, rope_scaling: scaling })).toEqual(wanted.map((value) => expect.closeTo(value, 12)));
  });
});
