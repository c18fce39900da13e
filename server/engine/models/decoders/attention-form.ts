import type { GatedConfig, JoinedConfig } from "@/lib/contract/architectures/decoder-config";
import type { AttentionForm } from "@/server/engine/models/attention";

/** How a layer attends. */
export function attentionForm(config: GatedConfig | JoinedConfig, layer: number): AttentionForm {
  const own = config.layerAttention[layer];
  if (own === undefined) throw new RangeError(`layer ${layer} has no settings of attention; there are ${config.layerAttention.length}`);
  return { ...config, ...own };
}
