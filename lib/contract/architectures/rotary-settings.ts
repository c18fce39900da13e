import { positive, type RawModelConfig } from "./config-keys";
import { parseRopeScaling, type RopeScaling } from "./rope-scaling";

/** Rotary position embedding over the first `dims` dimensions of each head. */
export type RotarySettings = { readonly theta: number; readonly scaling: RopeScaling; readonly dims: number };

/** transformers 5 writes `rope_parameters`, older versions keys of their own and `rope_scaling`. */
export function ropeSettings(raw: RawModelConfig): RawModelConfig {
  const settings = raw["rope_parameters"] ?? raw["rope_scaling"];
  return typeof settings === "object" && settings !== null ? (settings as RawModelConfig) : {};
}

/** @param oldKey where older files have the base */
export function ropeTheta(raw: RawModelConfig, oldKey: string): number {
  const settings = ropeSettings(raw);
  return settings["rope_theta"] == null ? positive(raw, oldKey, 10_000) : positive(settings, "rope_theta", 10_000);
}

/**
 * @param dims how many dimensions of a head are rotated
 * @throws Error naming the key, for a kind of scaling that is not supported or lacks a number
 */
export function ropeScaling(raw: RawModelConfig, dims: number): RopeScaling {
  return parseRopeScaling(ropeSettings(raw), raw, dims);
}

/**
 * How many of each head's dimensions are rotated, from the first on.
 *
 * @param oldKey where older files have their share of the head
 * @throws Error for a share that gives no even number
 */
export function rotaryDims(raw: RawModelConfig, dHead: number, oldKey: string, standard: number): number {
  const settings = ropeSettings(raw);
  const key = "partial_rotary_factor";
  const share = settings[key] == null ? positive(raw, oldKey, standard) : positive(settings, key);
  // A share that a GGUF file's whole number stands for may fall short of it by rounding.
  const dims = Math.floor(dHead * share + 1e-6);
  if (share > 1 || dims < 2 || dims % 2 !== 0) {
    throw new Error(`config.json: a share ${share} of heads of ${dHead} dimensions gives no even number of rotated dimensions`);
  }
  return dims;
}
