import { describe, expect, it } from "vitest";
import { parseLlava } from "@/lib/contract/architectures/vision-language/llava";

/** As the published file of LLaVA 1.5 has it: most of the language model is what Llama's class has anyway. */
const published = {
  architectures: ["LlavaForConditionalGeneration"],
  ignore_index: -100,
  image_token_index: 32000,
  model_type: "llava",
  pad_token_id: 32001,
  projector_hidden_act: "gelu",
  text_config: {
    _name_or_path: "lmsys/vicuna-7b-v1.5",
    architectures: ["LlamaForCausalLM"],
    max_position_embeddings: 4096,
    model_type: "llama",
    rms_norm_eps: 1e-5,
    torch_dtype: "float16",
    vocab_size: 32064,
  },
  torch_dtype: "float16",
  vision_config: {
    hidden_size: 1024,
    image_size: 336,
    intermediate_size: 4096,
    model_type: "clip_vision_model",
    num_attention_heads: 16,
    num_hidden_layers: 24,
    patch_size: 14,
    projection_dim: 768,
    vocab_size: 32000,
  },
  vision_feature_layer: -2,
  vision_feature_select_strategy: "default",
  vocab_size: 32064,
};

describe("the configuration of LLaVA", () => {
  it("is read as published, with what the parts' own classes have", () => {
    const { text, images } = parseLlava(published);
    expect(text).toMatchObject({
      architecture: "llama",
      dModel: 4096,
      numLayers: 32,
      kvHeads: 32,
      dFeedForward: 11008,
      vocab: 32064,
      contextLength: 4096,
    });
    expect(text.names).toMatchObject({
      embedding: "model.language_model.embed_tokens",
      layers: "model.language_model.layers",
      head: "lm_head",
    });
    expect(images).toMatchObject({ featureLayers: [23], dropsFirst: true, imageToken: 32000 });
    expect(images.tower).toMatchObject({
      architecture: "clip_vision_model",
      numLayers: 24,
      dModel: 1024,
      patchSize: { height: 14, width: 14 },
    });
    expect(images.projector).toMatchObject({ dIn: 1024, dOut: 4096, hasBias: true, activation: "gelu" });
  });

  it("is CLIP's ViT-L for 336 pixels and Llama where it says nothing", () => {
    const { text, images } = parseLlava({ model_type: "llava" });
    expect(text).toMatchObject({ architecture: "llama", vocab: 32000 });
    expect(images.tower).toMatchObject({ numLayers: 24, dModel: 1024, imageSize: { height: 336, width: 336 } });
  });

  it("ties the head where either file or part says so", () => {
    const tied = { ...published.text_config, tie_word_embeddings: true };
    expect(parseLlava(published).text.tieWordEmbeddings).toBe(false);
    expect(parseLlava({ ...published, text_config: tied }).text.tieWordEmbeddings).toBe(true);
    expect(parseLlava({ ...published, tie_word_embeddings: true }).text.tieWordEmbeddings).toBe(true);
  });

  it("reads several hidden states of the tower, from either end", () => {
    const { images } = parseLlava({ ...published, vision_feature_layer: [-2, 0, 24] });
    expect(images.featureLayers).toEqual([23, 0, 24]);
    expect(images.projector.dIn).toBe(3 * 1024);
  });

  it.each([
    [{ vision_feature_layer: 25 }, "vision_feature_layer 25 is not one of the 25 hidden states"],
    [{ vision_feature_layer: [] }, "vision_feature_layer is an empty list"],
    [{ vision_feature_select_strategy: "cls" }, 'vision_feature_select_strategy "cls" is not supported; supported: default, full'],
    [
      { vision_config: { model_type: "pixtral" } },
      'vision_config: model_type "pixtral" is not a supported vision encoder; supported: vit, dinov2',
    ],
    [{ text_config: { model_type: "bert" } }, 'text_config: model_type "bert" is an encoder'],
    [{ text_config: { model_type: "mamba" } }, 'text_config: model_type "mamba" is not supported'],
    [{ text_config: [] }, "text_config must be an object"],
    [{ projector_hidden_act: "mish" }, 'projector_hidden_act "mish" is not supported'],
    [{ image_token_index: -1 }, "image_token_index must be a whole number from 0"],
    [{ quantization_config: { quant_method: "awq" } }, "quantised by awq"],
  ])("refuses %j by its key", (change, message) => {
    expect(() => parseLlava({ ...published, ...change })).toThrow(message);
  });

  it("refuses language models whose embeddings do not enter the first block as they are", () => {
    const sizes = {
      hidden_size: 8,
      intermediate_size: 8,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      vocab_size: 9,
      max_position_embeddings: 8,
    };
    const gemma = {
      ...sizes,
      model_type: "gemma",
      num_key_value_heads: 1,
      head_dim: 4,
      hidden_act: "gelu_pytorch_tanh",
      rms_norm_eps: 1e-6,
    };
    expect(() => parseLlava({ ...published, text_config: gemma })).toThrow("scales its embeddings");
    const gpt2 = { model_type: "gpt2", n_embd: 8, n_layer: 1, n_head: 2, n_positions: 8, vocab_size: 9 };
    expect(() => parseLlava({ ...published, text_config: gpt2 })).toThrow("embeds positions");
  });
});
