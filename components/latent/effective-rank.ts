import { type CollectionSummary, mostSpectrumRank } from "@/lib/contract/latent";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";

/** The effective rank of what a module's dense components together add to its weights; undefined where it was not computed. */
export function effectiveRankOf({ modules }: CollectionSummary, module: string): number | undefined {
  return modules.find(({ name }) => name === module)?.effectiveRank;
}

/** `effective rank 2.50 of 4`, the most that it can be; empty where it was not computed. */
export function effectiveRankWords(effectiveRank: number | undefined, numLatents: number): string {
  if (effectiveRank === undefined) return "";
  // Of more components than that, it is computed only where the module is narrower.
  return `effective rank ${formatSignificant(effectiveRank)} of ${numLatents > mostSpectrumRank ? "at most " : ""}${formatInteger(Math.min(numLatents, mostSpectrumRank))}`;
}
