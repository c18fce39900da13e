import { layerCount, oneOf, positive, type RawModelConfig, whole } from "@/lib/contract/architectures/config-keys";
import { labelsOf } from "@/lib/contract/architectures/encoder-keys";
import { NONLINEARITIES } from "@/lib/contract/architectures/nonlinearity-names";
import type { GridSize } from "./vision-config";

/** Names of attention's projections in files of transformers 4 and earlier, as `VisionArchitecture.stored.respelled` has them. */
export const olderAttention = [
  [/\.attention\.attention\.query(?=\.|$)/, ".attention.q_proj"],
  [/\.attention\.attention\.key(?=\.|$)/, ".attention.k_proj"],
  [/\.attention\.attention\.value(?=\.|$)/, ".attention.v_proj"],
  [/\.attention\.output\.dense(?=\.|$)/, ".attention.o_proj"],
] as const;

/**
 * The keys that all vision encoders share.
 *
 * @param raw with what its configuration class has where the file leaves a key out
 * @param labels holds those of the labels
 */
export function visionSizes(raw: RawModelConfig, labels: RawModelConfig = raw) {
  const dModel = whole(raw, "hidden_size");
  const heads = whole(raw, "num_attention_heads");
  if (raw["head_dim"] == null && dModel % heads !== 0) {
    throw new Error(`config.json: hidden_size ${dModel} is not a multiple of num_attention_heads ${heads}`);
  }
  const sizes = {
    imageSize: gridSize(raw, "image_size"),
    patchSize: gridSize(raw, "patch_size"),
    channels: whole(raw, "num_channels"),
    dModel,
    numLayers: layerCount(raw),
    heads,
    dHead: raw["head_dim"] == null ? dModel / heads : whole(raw, "head_dim"),
    normEpsilon: positive(raw, "layer_norm_eps"),
    activation: oneOf(raw, "hidden_act", "gelu", NONLINEARITIES),
    numLabels: labelsOf(labels),
  };
  demandPatch(sizes);
  return sizes;
}

/** A file's keys over those of its class; null counts as left out. */
export function withStandard(file: RawModelConfig, standard: RawModelConfig): RawModelConfig {
  return { ...standard, ...Object.fromEntries(Object.entries(file).filter(([, value]) => value != null)) };
}

/** @throws Error naming the key, unless its value is true or false */
export function flag(raw: RawModelConfig, key: string): boolean {
  const value = raw[key];
  if (typeof value !== "boolean") throw new Error(`config.json: ${key} must be true or false, but is ${JSON.stringify(value)}`);
  return value;
}

/** One number for both sides, or height and width. */
function gridSize(raw: RawModelConfig, key: string): GridSize {
  const value = raw[key];
  const [height, width] = Array.isArray(value) && value.length === 2 ? value : [value, value];
  return { height: whole({ [key]: height }, key), width: whole({ [key]: width }, key) };
}

function demandPatch({ imageSize, patchSize }: { readonly imageSize: GridSize; readonly patchSize: GridSize }): void {
  if (imageSize.height >= patchSize.height && imageSize.width >= patchSize.width) return;
  const sides = ({ height, width }: GridSize) => `${height}×${width}`;
  throw new Error(`config.json: patch_size ${sides(patchSize)} is larger than image_size ${sides(imageSize)}`);
}
