import { dataRowOf, timestepOf } from "@/server/runtime/rows/noised-rows";
import { labelOf } from "@/server/runtime/rows/read-row";
import type { ShardPlan } from "./shard-plan";

/** What is to be known of a diffusion model's rows, several of which are readings of one image; nothing of others. */
type Readings = {
  ofDomain(name: string): { readonly timestep?: number };
  ofClass(name: string): { readonly images?: number };
};

export function readingsOf({ rows }: Pick<ShardPlan, "rows">): Readings {
  const timesteps = new Map<string, number>();
  const images = new Map<string, Set<number>>();
  for (const row of rows.values()) {
    const timestep = timestepOf(row);
    const [domain, label] = [row.domain, labelOf(row)];
    if (timestep === null || domain === null) continue;
    timesteps.set(domain, timestep);
    if (label !== null) images.set(label, (images.get(label) ?? new Set()).add(dataRowOf(row)));
  }
  return {
    ofDomain(name) {
      const timestep = timesteps.get(name);
      return timestep === undefined ? {} : { timestep };
    },
    ofClass(name) {
      const found = images.get(name);
      return found === undefined ? {} : { images: found.size };
    },
  };
}
