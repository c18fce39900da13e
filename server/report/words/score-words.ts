import { formatScore } from "@/lib/comparison/score-words";
import type { ScoreLine } from "@/lib/contract/comparison";

/** A score's value with a digit more than pages show, so that means can be computed again. */
export function writeScore(score: Pick<ScoreLine, "unit" | "isForgetting">, value: number): string {
  return formatScore(score, value, 4);
}
