/** What encoders put before, between and after texts. */
const marks = new Set(["[CLS]", "[SEP]", "<s>", "</s>", "[PAD]", "<pad>"]);

/**
 * The text, or the two, that a row's tokens were made of, as far as tokens tell.
 *
 * @returns null where nothing stands between the special tokens
 */
export function textsOfTokens(tokens: readonly string[]): { readonly text: string; readonly second: string | null } | null {
  const texts: string[] = [""];
  for (const token of tokens) {
    if (!marks.has(token.trim())) texts[texts.length - 1] += token;
    else if (texts.at(-1) !== "") texts.push("");
  }
  const [text = "", second = ""] = texts.map((one) => one.trim()).filter((one) => one !== "");
  return text === "" ? null : { text, second: second === "" ? null : second };
}
