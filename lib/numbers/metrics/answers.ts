/**
 * A number as people write it: a sign that touches it and is not a subtraction, a currency before or after the sign, thousands parted by
 * commas (each group of three; `1,2,3` are three numbers), decimals, a power of ten. Not the 12 of `B12`, nor parts of `1.2.3`.
 */
const writtenNumber =
  /((?<![\p{L}\p{N}_)\]])[-−+])?(?:\p{Sc}\s?([-−])?)?(?<![\p{L}\p{N}_]|\p{N}\.)(\d{1,3}(?:,\d{3})+(?!\d|,\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\.)\.\d+)(?:[eE]([-+]?\d{1,3})(?!\w|\.\d))?/gu;

/**
 * The number that a completion answers with, by value: what follows the last `####` where there is one (GSM8K's form, Cobbe et al. 2021),
 * else the last number in the text. Commas, currency, a trailing full stop or per cent sign, and zeros that change nothing are dropped:
 * `The total is $1,250.00.` gives `1250`. Exact at any length: the value is a decimal string, never a float.
 *
 * @returns a canonical decimal (`-0.5`, `1250`), equal for equal values; undefined where there is no number
 */
export function extractNumber(text: string): string | undefined {
  const marker = text.lastIndexOf("####");
  if (marker >= 0) {
    const [first] = numbersIn(
      text
        .slice(marker + 4)
        .trimStart()
        .split("\n", 1)[0] ?? "",
    );
    return first;
  }
  return numbersIn(text).at(-1);
}

/** Whether a completion's number has the reference's value; false where either has none. */
export function isSameNumber(completion: string, reference: string): boolean {
  const expected = extractNumber(reference);
  return expected !== undefined && extractNumber(completion) === expected;
}

/** ASCII punctuation, Python's `string.punctuation`. */
const punctuation = /[!-/:-@[-`{-~]/g;

/**
 * An answer as SQuAD's evaluation compares it (Rajpurkar et al. 2016, evaluate-v1.1.py): lower case, without ASCII punctuation and the
 * articles a, an, the, one space between words.
 */
export function normaliseAnswer(text: string): string {
  const words = text.toLowerCase().replace(punctuation, "").replace(articles, " ");
  return words.split(/\s+/).filter(Boolean).join(" ");
}

const articles = /(?<![\p{L}\p{N}_])(?:an?|the)(?![\p{L}\p{N}_])/gu;

/** Whether a completion equals any of the references, both normalised as SQuAD's. */
export function isNormalisedMatch(completion: string, references: readonly string[]): boolean {
  const given = normaliseAnswer(completion);
  return references.some((reference) => normaliseAnswer(reference) === given);
}

/** Whether a completion equals any of the references but for white space at both ends. */
export function isExactMatch(completion: string, references: readonly string[]): boolean {
  return references.some((reference) => reference.trim() === completion.trim());
}

function numbersIn(text: string): string[] {
  return [...text.matchAll(writtenNumber)].map(([, outer = "", inner = "", digits = "", exponent = "0"]) =>
    canonicalDecimal(`${outer}${inner}`.replace("+", "") !== "", digits.replaceAll(",", ""), Number(exponent)),
  );
}

function canonicalDecimal(isNegative: boolean, digits: string, exponent: number): string {
  const [whole = "", fraction = ""] = digits.split(".");
  const all = `${whole}${fraction}`;
  // The point stands after so many of all digits.
  const point = whole.length + exponent;
  const padded = point <= 0 ? "0".repeat(1 - point) + all : all.padEnd(point, "0");
  const at = Math.max(1, point);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, "");
  const right = padded.slice(at).replace(/0+$/, "");
  const value = right === "" ? left : `${left}.${right}`;
  return isNegative && value !== "0" ? `-${value}` : value;
}
