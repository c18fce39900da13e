import { type RawModelConfig, whole } from "./config-keys";
import type { GatedConfig } from "./decoder-config";

/**
 * The width of the model and of its heads. Where no head size is given, the heads share the width.
 *
 * @throws Error naming the keys, when they do not fit together
 */
export function headSizes(raw: RawModelConfig): Pick<GatedConfig, "dModel" | "heads" | "kvHeads" | "dHead" | "queryScale"> {
  const dModel = whole(raw, "hidden_size");
  const heads = whole(raw, "num_attention_heads");
  const kvHeads = raw["num_key_value_heads"] == null ? heads : whole(raw, "num_key_value_heads");
  const dHead = raw["head_dim"] == null ? dModel / heads : whole(raw, "head_dim");
  if (!Number.isInteger(dHead) || dHead % 2 !== 0) {
    throw new Error(`config.json: hidden_size ${dModel} over num_attention_heads ${heads} gives no even head size`);
  }
  if (heads % kvHeads !== 0) {
    throw new Error(`config.json: num_attention_heads ${heads} is not a multiple of num_key_value_heads ${kvHeads}`);
  }
  return { dModel, heads, kvHeads, dHead, queryScale: dHead ** -0.5 };
}
