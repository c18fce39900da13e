import type { RunRecord } from "@/lib/contract/run";

/** Whether an encoder was trained on two texts that are read together. */
export function readsPairs({ config }: Pick<RunRecord, "config">): boolean {
  return config.data?.kind === "dataSet" && config.data.mapping.kind === "labelled" && config.data.mapping.second !== undefined;
}
