import type { TokenizerJson } from "./tokenizer-json";

/**
 * Checks that a vocabulary is no larger than the model's. Added tokens may go beyond it: models are published with tokens that they have no embedding
 * of, and transformers too fails only at a text that holds one.
 *
 * @param list what the file calls its vocabulary
 * @throws Error naming the key
 */
export function demandEmbeddings({ model, added_tokens, vocabSize }: TokenizerJson, embeddings: number, list: string): void {
  if (vocabSize <= embeddings) return;
  const { vocab } = model;
  const entries: [string, unknown][] = Array.isArray(vocab) ? vocab.map((_, id) => [String(id), id]) : Object.entries(vocab ?? {});
  const added = new Set<unknown>(added_tokens.map(({ id }) => id));
  for (const [key, id] of entries) {
    if (Number(id) < embeddings || added.has(id)) continue;
    throw new Error(`${list}[${JSON.stringify(key)}] has the id ${String(id)}; ${limit(embeddings)}`);
  }
}

/** @throws RangeError naming the first token that the model has no embedding of */
export function demandEmbedded(ids: readonly number[], added: ReadonlyMap<number, { readonly content: string }>, embeddings: number): void {
  const id = ids.find((one) => one >= embeddings);
  if (id === undefined) return;
  const content = JSON.stringify(added.get(id)?.content ?? "");
  throw new RangeError(`the text contains the added token ${content}, whose id is ${id}; ${limit(embeddings)}. Remove it from the text`);
}

function limit(embeddings: number): string {
  return `the model has embeddings only for ids below ${embeddings} (its vocab_size)`;
}
