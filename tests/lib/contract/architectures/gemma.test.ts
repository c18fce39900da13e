import { describe, expect, it } from "vitest";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { parseModelConfig } from "@/lib/contract/architectures/parse-model-config";

/** As published files have it, which leave out what is the default. */
const published: RawModelConfig = {
  vocab_size: 256,
  hidden_size: 64,
  num_hidden_layers: 7,
  num_attention_heads: 4,
  num_key_value_heads: 1,
  intermediate_size: 96,
};
const parsed = (model_type: string, more: RawModelConfig = {}) => parseModelConfig({ ...published, model_type, ...more });

describe("the configuration of a Gemma model", () => {
  it.each(["gemma", "gemma2", "gemma3_text"])("has defaults of its own where a %s file leaves keys out", (name) => {
    expect(parsed(name)).toMatchObject({
      dHead: 256,
      kvHeads: 1,
      tieWordEmbeddings: true,
      embeddingScale: 8,
      normOffset: 1,
      gateActivation: "gelu-tanh",
      queryScale: 1 / 16,
      hasQkvBias: false,
    });
    expect(parsed(name, { tie_word_embeddings: false }).tieWordEmbeddings).toBe(false);
  });

  it("of the first generation says gelu and means its tanh form", () => {
    for (const key of [
      { hidden_act: "gelu" },
      { hidden_act: "gelu", hidden_activation: null },
      { hidden_activation: "gelu_pytorch_tanh" },
    ]) {
      expect(parsed("gemma", key)).toMatchObject({ gateActivation: "gelu-tanh" });
    }
    expect(() => parsed("gemma", { hidden_act: "silu" })).toThrow('hidden_act "silu" is not supported');
    expect(() => parsed("gemma2", { hidden_act: "gelu", hidden_activation: "gelu" })).toThrow('hidden_activation "gelu" is not supported');
  });

  it("of the second generation has caps unless they are null, and slides in every other layer", () => {
    const windows = [4096, undefined, 4096, undefined, 4096, undefined, 4096];
    expect(parsed("gemma2")).toMatchObject({
      scoreCap: 50,
      logitCap: 30,
      layerAttention: windows.map((window) => ({ window, rotary: 0 })),
    });
    const uncapped = parsed("gemma2", { attn_logit_softcapping: null, final_logit_softcapping: null, query_pre_attn_scalar: 144 });
    expect(uncapped).toMatchObject({ scoreCap: undefined, logitCap: undefined, queryScale: 1 / 12 });
    expect(() => parsed("gemma2", { final_logit_softcapping: -1 })).toThrow("final_logit_softcapping must be a number above 0");
  });

  it("of the third generation turns full and sliding layers by bases of their own, and scales the full ones alone", () => {
    const plain = { kind: "none" };
    expect(parsed("gemma3_text", { sliding_window: 512 })).toMatchObject({
      scoreCap: undefined,
      queryKeyNorm: "perHead",
      rotary: [
        { theta: 1_000_000, scaling: plain, dims: 256 },
        { theta: 10_000, scaling: plain, dims: 256 },
      ],
      layerAttention: [0, 1, 2, 3, 4, 5, 6].map((layer) => (layer === 5 ? { window: undefined, rotary: 0 } : { window: 512, rotary: 1 })),
    });
    const older = { rope_theta: 70, rope_local_base_freq: 30, rope_scaling: { rope_type: "linear", factor: 8 } };
    const newer = {
      rope_parameters: {
        full_attention: { rope_type: "linear", factor: 8, rope_theta: 70 },
        sliding_attention: { rope_type: "default", rope_theta: 30 },
      },
    };
    for (const spelling of [older, newer]) {
      expect(parsed("gemma3_text", spelling)).toMatchObject({
        rotary: [
          { theta: 70, scaling: { kind: "linear", factor: 8 } },
          { theta: 30, scaling: plain },
        ],
      });
    }
  });

  it.each(["sliding_window_pattern", "_sliding_window_pattern"])(
    "of the third generation says by %s how many layers come to a full one",
    (key) => {
      const config = parsed("gemma3_text", { [key]: 3 });
      expect(config.blocks === "gated" && config.layerAttention.map(({ window }) => window === undefined)).toEqual(
        [0, 1, 2, 3, 4, 5, 6].map((layer) => layer % 3 === 2),
      );
    },
  );

  it("is refused where tokens see those after them", () => {
    expect(() => parsed("gemma3_text", { use_bidirectional_attention: true })).toThrow("use_bidirectional_attention true is not supported");
    expect(parsed("gemma3_text", { use_bidirectional_attention: false })).toMatchObject({ normOffset: 1 });
  });
});
