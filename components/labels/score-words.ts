import type { DetectionScore } from "@/lib/contract/label";
import { formatFixed, formatInteger } from "@/lib/numbers/format";

/** How well a label predicts which held-out examples fire, in a sentence. */
export function scoreWords({ precision, recall, firing, quiet, judge }: DetectionScore): string {
  const write = (value: number | null) => (value === null ? "undefined" : formatFixed(value, 2));
  return `On ${formatInteger(firing + quiet)} unseen contexts, ${formatInteger(firing)} of them firing: precision ${write(precision)}, recall ${write(recall)}, judged by ${judge}.`;
}
