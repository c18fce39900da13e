import type { CollectionSummary } from "@/lib/contract/latent";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";

/** The effective rank of what a module's dense components together add to its weights; undefined where it was not computed. */
export function effectiveRankOf({ modules }: CollectionSummary, module: string): number | undefined {
  return modules.find(({ name }) => name === module)?.effectiveRank;
}

/** `effective rank 2.50 of 4`; empty where it was not computed. */
export function effectiveRankWords(effectiveRank: number | undefined, numLatents: number): string {
  return effectiveRank === undefined ? "" : `effective rank ${formatSignificant(effectiveRank)} of ${formatInteger(numLatents)}`;
}
