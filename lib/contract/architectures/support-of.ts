import type { HubSupport } from "@/lib/contract/hub";
import { architectureOf, DECODER_NAMES, ENCODER_NAMES, IMAGE_ENCODER_NAMES } from "./architectures";
import type { RawModelConfig } from "./config-keys";
import { missingParts, nearestArchitecture } from "./nearest-architecture";
import { quantisedBy } from "./quantised-weights";

/** Whether the engine has a model's architecture, and else what comes nearest, and what it has no part for, as far as these keys of its configuration tell. */
export function supportOf(raw: RawModelConfig): HubSupport {
  const name = raw["model_type"];
  if (typeof name !== "string") return { architecture: null, isSupported: null, nearest: null, missing: [] };
  const quantised = quantisedBy(raw);
  const packed = quantised === undefined ? [] : [`reader of ${quantised} weights (quantization_config)`];
  const known = architectureOf(name);
  if (known !== undefined) return { architecture: name, isSupported: true, nearest: null, missing: packed };
  const nearest = nearestArchitecture(raw, [...DECODER_NAMES, ...ENCODER_NAMES, ...IMAGE_ENCODER_NAMES]) ?? null;
  return { architecture: name, isSupported: false, nearest, missing: [...missingParts(raw), ...packed] };
}
