import { type AdapterConfig, hasLatents } from "@/lib/contract/run-config";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { Projection } from "@/server/engine/models/projection";

/** The same targets as whole names, for models whose modules PEFT would choose otherwise by their last parts or their layers. */
export function withWholeNames(config: AdapterConfig, projections: readonly Projection[]): AdapterConfig {
  if (!hasLatents(config)) return config;
  const modules = planModules(projections, config).map(({ module }) => module);
  return { ...config, targets: { modules, layers: null } };
}
