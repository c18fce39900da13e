type AddedToken = { readonly id: number; readonly content: string };
type Model = { readonly [key: string]: unknown };

/**
 * Checks the vocabulary of a `tokenizer.json` before the tokenizer library walks over its ids: an id that is far too large would keep it busy forever.
 *
 * @returns largest id + 1
 * @throws Error naming the key
 */
export function demandVocabulary(model: Model, addedTokens: readonly AddedToken[]): number {
  const { vocab } = model;
  const ids = Array.isArray(vocab) ? {} : (vocab as Readonly<Record<string, unknown>>);
  const tokens = Object.keys(ids);
  const pieces = Array.isArray(vocab) ? demandScores(vocab) : tokens.length;
  const count = pieces + addedTokens.length;
  // Files leave gaps: ids that are kept for later, rows of the embedding that only pad it.
  const bound = 4 * count + 65_536;
  // Unigram's ids are places in its list.
  let largest = Array.isArray(vocab) ? pieces - 1 : -1;
  const demandId = (id: unknown, place: () => string) => {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= bound)
      throw new Error(
        `tokenizer.json: ${place()} has the id ${JSON.stringify(id)?.slice(0, 40)}; expected a whole number from 0 to ${bound - 1}, as there are ${count} tokens`,
      );
    largest = Math.max(largest, id);
  };
  for (const token of tokens) demandId(ids[token], () => `model.vocab[${quoted(token)}]`);
  for (const [index, { id, content }] of addedTokens.entries()) demandId(id, () => `added_tokens.${index} (${quoted(content)})`);
  if (count === 0) throw new Error("tokenizer.json: model.vocab is empty");
  if (model["type"] === "BPE" || "merges" in model) demandMerges(model["merges"]);
  demandOptions(model, pieces);
  return largest + 1;
}

/** Of Unigram's list of pieces with scores. @returns how many there are */
function demandScores(vocab: readonly unknown[]): number {
  const at = vocab.findIndex((entry) => !(Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number"));
  if (at >= 0) throw new Error(`tokenizer.json: model.vocab.${at} must be a piece and its score`);
  return vocab.length;
}

function demandMerges(merges: unknown): void {
  if (!Array.isArray(merges)) throw new Error("tokenizer.json: model.merges must be a list");
  const isPaired = Array.isArray(merges[0]);
  const at = merges.findIndex((merge) => !(isPaired ? isPair(merge) : typeof merge === "string" && merge.includes(" ", 1)));
  if (at >= 0)
    throw new Error(`tokenizer.json: model.merges.${at} must be ${isPaired ? "a pair of pieces" : "two pieces with a space between them"}`);
}

function isPair(merge: unknown): boolean {
  return Array.isArray(merge) && merge.length === 2 && merge.every((piece) => typeof piece === "string");
}

function demandOptions(model: Model, pieces: number): void {
  const { unk_id: unknown, max_input_chars_per_word: longest = 100 } = model;
  if (unknown != null && !(Number.isInteger(unknown) && Number(unknown) >= 0 && Number(unknown) < pieces))
    throw new Error(`tokenizer.json: model.unk_id is ${String(unknown)}; there are ${pieces} pieces`);
  if (!Number.isInteger(longest) || Number(longest) < 1 || Number(longest) > 10_000)
    throw new Error(`tokenizer.json: model.max_input_chars_per_word is ${String(longest)}; expected a whole number from 1 to 10000`);
  for (const name of ["unk_token", "continuing_subword_prefix", "end_of_word_suffix"]) {
    if (model[name] != null && typeof model[name] !== "string") throw new Error(`tokenizer.json: model.${name} must be a string`);
  }
}

function quoted(token: string): string {
  return JSON.stringify(token.length > 40 ? `${token.slice(0, 40)}…` : token);
}
