import type { Tokenizer } from "./tokenizer";

/** A stretch of text that is trained on as a whole, or not at all. */
export type Segment = { text: string; hasLoss: boolean };

/**
 * Tokenises the joined segments at once, as the model will read them, and says of each token whether it is trained on.
 * A token that reaches over a border belongs to the later segment.
 *
 * @returns ids and, of equal length, whether the loss counts the token as a target
 * @throws Error when there is nothing to tokenise
 */
export function encodeSegments(
  tokenizer: Tokenizer,
  segments: readonly Segment[],
  options: { addSpecialTokens: boolean },
): { ids: number[]; hasLoss: boolean[] } {
  const ids = tokenizer.encode(segments.map(({ text }) => text).join(""), options);
  if (ids.length === 0) throw new Error("gives no tokens");
  const hasLoss: boolean[] = [];
  let text = "";
  segments.forEach((segment, index) => {
    text += segment.text;
    const isLast = index === segments.length - 1;
    const end = isLast ? ids.length : commonLength(ids, tokenizer.encode(text, options));
    while (hasLoss.length < end) hasLoss.push(segment.hasLoss);
  });
  return { ids, hasLoss };
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
