import type { HubSupport } from "@/lib/contract/hub";
import { architectureOf } from "./architectures";
import type { RawModelConfig } from "./config-keys";
import { missingParts, nearestArchitecture } from "./nearest-architecture";
import { ANY_NAMES } from "./parse-any-config";
import { quantisedBy } from "./quantised-weights";
import { isVisionLanguageName } from "./vision-language/vision-language-names";

/** Whether the engine has a model's architecture, and else what comes nearest, and what it has no part for, as far as these keys of its configuration tell. */
export function supportOf(raw: RawModelConfig): HubSupport {
  const name = raw["model_type"];
  if (typeof name !== "string") return { architecture: null, isSupported: null, nearest: null, missing: [] };
  const quantised = quantisedBy(raw);
  const packed = quantised === undefined ? [] : [`reader of ${quantised} weights (quantization_config)`];
  if (architectureOf(name) !== undefined || isVisionLanguageName(name))
    return { architecture: name, isSupported: true, nearest: null, missing: packed };
  const nearest = nearestArchitecture(raw, ANY_NAMES) ?? null;
  return { architecture: name, isSupported: false, nearest, missing: [...missingParts(raw), ...packed] };
}
