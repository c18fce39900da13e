import { layerCount, positive, type RawModelConfig, whole } from "@/lib/contract/architectures/config-keys";
import type { NonlinearityName } from "@/lib/contract/architectures/nonlinearity-names";
import { flag, withStandard } from "@/lib/contract/architectures/vision/vision-keys";
import type { DiffusionArchitecture } from "./diffusion-architecture";
import type { DiffusionConfig, DiffusionNames } from "./diffusion-config";

const names: DiffusionNames = {
  patches: "pos_embed.proj",
  layers: "transformer_blocks",
  inner: {
    time: { inner: "norm1.emb.timestep_embedder.linear_1", outer: "norm1.emb.timestep_embedder.linear_2" },
    classes: "norm1.emb.class_embedder.embedding_table",
    modulation: "norm1.linear",
    query: "attn1.to_q",
    key: "attn1.to_k",
    value: "attn1.to_v",
    attentionOutput: "attn1.to_out.0",
    up: "ff.net.0.proj",
    down: "ff.net.2",
  },
  output: { modulation: "proj_out_1", patches: "proj_out_2" },
};

const standard: RawModelConfig = {
  num_attention_heads: 16,
  attention_head_dim: 72,
  in_channels: 4,
  num_layers: 28,
  attention_bias: true,
  sample_size: 32,
  patch_size: 2,
  activation_fn: "gelu-approximate",
  num_embeds_ada_norm: 1000,
  norm_type: "ada_norm_zero",
  norm_elementwise_affine: false,
  norm_eps: 1e-5,
};

/** Whose positions are held; an image of 1024 × 1024 as latents has 4,096 of them. Our limit. */
const MOST_PATCHES = 65_536;

/** Keys that change nothing here: what only training or another number format reads. */
const WITHOUT_EFFECT = ["dropout", "norm_num_groups", "upcast_attention", "out_channels"];

/** Keys of the class that files before diffusers 0.29 name; each has to be left out, or be as it is without. */
const UNUSED: RawModelConfig = {
  attention_type: "default",
  caption_channels: null,
  cross_attention_dim: null,
  double_self_attention: false,
  interpolation_scale: null,
  num_vector_embeds: null,
  only_cross_attention: false,
  use_additional_conditions: null,
  use_linear_projection: false,
};

const ACTIVATIONS: Readonly<Record<string, NonlinearityName>> = { "gelu-approximate": "gelu_pytorch_tanh", gelu: "gelu" };

/** DiT (Peebles and Xie 2023): a transformer over patches, whose norms and gates follow the time step and the class. */
export const dit: DiffusionArchitecture = {
  names,
  defaultTargets: ["to_q", "to_v"],
  // The table of positions, which some files hold, follows from the sizes.
  ignored: /^pos_embed\.pos_embed$/,
  parse(file): DiffusionConfig {
    demandKnownKeys(file);
    const raw = withStandard(file, standard);
    demandSetting(raw, "norm_type", "ada_norm_zero");
    demandSetting(raw, "norm_elementwise_affine", false);
    const heads = whole(raw, "num_attention_heads");
    const dHead = whole(raw, "attention_head_dim");
    const dModel = heads * dHead;
    if (dModel % 4 !== 0) {
      throw new Error(`config.json: num_attention_heads × attention_head_dim is ${dModel}, and positions take a multiple of 4`);
    }
    const channels = whole(raw, "in_channels");
    return {
      family: "diffusion",
      names,
      ...imageSizes(raw),
      channels,
      storedChannels: storedChannels(raw, channels),
      dModel,
      numLayers: layerCount(raw, "num_layers"),
      heads,
      dHead,
      dFeedForward: 4 * dModel,
      normEpsilon: { modulated: 1e-6, mlp: positive(raw, "norm_eps") },
      activation: activationOf(raw["activation_fn"]),
      hasInputBias: flag(raw, "attention_bias"),
      numClasses: whole(raw, "num_embeds_ada_norm"),
    };
  },
};

function imageSizes(raw: RawModelConfig): Pick<DiffusionConfig, "imageSize" | "patchSize"> {
  const side = whole(raw, "sample_size");
  const patch = whole(raw, "patch_size");
  if (side % patch !== 0) throw new Error(`config.json: sample_size ${side} is not a multiple of patch_size ${patch}`);
  if ((side / patch) ** 2 > MOST_PATCHES) {
    throw new Error(
      `config.json: sample_size ${side} makes ${(side / patch) ** 2} patches, and at most ${MOST_PATCHES} are supported (our limit)`,
    );
  }
  return { imageSize: { height: side, width: side }, patchSize: { height: patch, width: patch } };
}

function storedChannels(raw: RawModelConfig, channels: number): number {
  const stored = raw["out_channels"] == null ? channels : whole(raw, "out_channels");
  if (stored === channels || stored === 2 * channels) return stored;
  throw new Error(`config.json: out_channels ${stored} is not supported; supported are in_channels (${channels}) and twice as many`);
}

function activationOf(name: unknown): NonlinearityName {
  const found = typeof name === "string" ? ACTIVATIONS[name] : undefined;
  if (found !== undefined) return found;
  const supported = Object.keys(ACTIVATIONS).join(", ");
  throw new Error(`config.json: activation_fn ${JSON.stringify(name)} is not supported; supported are ${supported}`);
}

function demandKnownKeys(file: RawModelConfig): void {
  for (const [key, value] of Object.entries(file)) {
    if (key.startsWith("_") || key in standard || WITHOUT_EFFECT.includes(key)) continue;
    if (key in UNUSED && (value === null || value === UNUSED[key])) continue;
    throw new Error(`config.json: ${key} ${JSON.stringify(value)} is not supported in a diffusion transformer`);
  }
}

function demandSetting(raw: RawModelConfig, key: string, supported: string | boolean): void {
  if (raw[key] === supported) return;
  throw new Error(`config.json: ${key} ${JSON.stringify(raw[key])} is not supported; supported is ${supported}`);
}
