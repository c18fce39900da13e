import type { RunRecord } from "@/lib/contract/run";

/** Whether an encoder was trained on two texts that are read together. */
export function readsPairs({ config }: Pick<RunRecord, "config">): boolean {
  return config.data?.kind === "dataSet" && config.data.mapping.kind === "labelled" && config.data.mapping.second !== undefined;
}

/** What is sent of one text or two; a second one that is still empty is not read. */
export function textsToRead({ text, second }: { readonly text: string; readonly second: string | null }): {
  readonly text: string;
  readonly second?: string;
} {
  return second === null || second === "" ? { text } : { text, second };
}
