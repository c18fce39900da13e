import { layerCount, type RawModelConfig, whole } from "./config-keys";
import type { LayerAttention } from "./decoder-config";

/** Layers that differ in their window alone: all are turned by the model's only rotary settings. */
export function windowedLayers(windows: readonly (number | undefined)[]): LayerAttention[] {
  return windows.map((window) => ({ window, rotary: 0 }));
}

/**
 * The window of each layer, undefined for one that sees everything before it: as `layer_types` has it where the file names the layers, else as `slides` tells.
 *
 * @throws Error naming the key, for a kind of layer that is not supported or a list of another length
 */
export function layerWindows(raw: RawModelConfig, slides: (layer: number) => boolean): (number | undefined)[] {
  const numLayers = layerCount(raw);
  const window = raw["sliding_window"] == null ? undefined : whole(raw, "sliding_window");
  const types = layerTypes(raw, numLayers);
  return Array.from({ length: numLayers }, (_, layer) => {
    const isSliding = types === undefined ? slides(layer) : types[layer] === "sliding_attention";
    return isSliding ? window : undefined;
  });
}

const LAYER_TYPES: readonly unknown[] = ["full_attention", "sliding_attention"];

function layerTypes(raw: RawModelConfig, numLayers: number): readonly unknown[] | undefined {
  const types = raw["layer_types"];
  if (types == null) return undefined;
  if (!Array.isArray(types) || types.length !== numLayers) {
    throw new Error(`config.json: layer_types must name ${numLayers} layers, but is ${JSON.stringify(types)}`);
  }
  const other = types.find((type) => !LAYER_TYPES.includes(type));
  if (other === undefined) return types;
  throw new Error(`config.json: layer_types ${JSON.stringify(other)} is not supported; supported: ${LAYER_TYPES.join(", ")}`);
}
