import { methodOf } from "@/lib/contract/methods/methods";
import type { AdapterConfig } from "@/lib/contract/run-config";

/** Which modules an adapter is on. */
export function targetWords(adapter: AdapterConfig): string {
  const targets = methodOf(adapter).targetsOf(adapter);
  if (targets === "none") return "the head";
  if (targets === "all") return "every projection of all layers";
  const { modules, layers } = targets;
  return `${modules.join(", ")} of ${layers === null ? "all layers" : `layers ${layers.join(", ")}`}`;
}
