import type { EvaluationResult } from "@/lib/contract/study";
import { formatPlural, formatSigned, formatSignificant } from "@/lib/numbers/format";
import { givenHalfWidth, tooFewWords } from "@/lib/numbers/statistics/enough-examples";

/** What the paired interval allows to be said of the change of loss, in a sentence. */
export function evaluationVerdict({ change }: Pick<EvaluationResult, "change">): string {
  const { mean, count } = change;
  const halfWidth = givenHalfWidth(change);
  if (halfWidth === null) return `Change of loss ${formatSigned(mean, 3)} nats; ${tooFewWords(count)}.`;
  const reach = `± ${formatSignificant(halfWidth, 2)} nats over ${formatPlural(count, "row")}`;
  if (mean === 0 && halfWidth === 0) return `The edits change no loss on these ${formatPlural(count, "row")}.`;
  const size = formatSignificant(Math.abs(mean));
  if (Math.abs(mean) <= halfWidth) return `The change of loss is not statistically significant: ${mean < 0 ? "−" : "+"}${size} ${reach}.`;
  return `The edits ${mean > 0 ? "raise" : "lower"} the loss by ${size} ${reach}.`;
}
