import { layerCount, type RawModelConfig, whole } from "./config-keys";
import type { GatedConfig, LayerAttention } from "./decoder-config";
import { type RotarySettings, ropeScaling, ropeSettings, ropeTheta } from "./rotary-settings";

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

/**
 * Full and sliding layers with rotary settings of their own. Files of transformers 5 have `rope_parameters` by kind of layer. In older ones the full
 * layers' are as elsewhere, and those of sliding layers are not scaled.
 *
 * @param windows as `layerWindows` gives them
 * @param slidingTheta the key that older files have for the base of sliding layers
 */
export function rotaryByKind(
  raw: RawModelConfig,
  { windows, dims, slidingTheta }: { windows: readonly (number | undefined)[]; dims: number; slidingTheta: string },
): Pick<GatedConfig, "rotary" | "layerAttention"> {
  const older = { rope_parameters: null, rope_scaling: null, rope_theta: raw[slidingTheta] };
  return {
    rotary: [rotaryOf(raw, "full_attention", dims, {}), rotaryOf(raw, "sliding_attention", dims, older)],
    layerAttention: windows.map((window) => ({ window, rotary: window === undefined ? 0 : 1 })),
  };
}

function rotaryOf(raw: RawModelConfig, kind: "full_attention" | "sliding_attention", dims: number, older: RawModelConfig): RotarySettings {
  const own = ropeSettings(raw)[kind];
  const settings = { ...raw, ...(typeof own === "object" && own !== null ? { rope_parameters: own } : older) };
  return { theta: ropeTheta(settings, "rope_theta"), scaling: ropeScaling(settings, dims), dims };
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
