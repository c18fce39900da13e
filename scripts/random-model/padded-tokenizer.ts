import { readFileSync } from "node:fs";

type TokenizerJson = {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
  readonly model: { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly (readonly [string, string] | string)[] };
};

/** Of the demonstration's model, in this repository. */
const source = "demo/model";

/** `tokenizer.json` with tokens at the end that no text has, as many as fill a vocabulary. */
export function paddedTokenizer(vocab: number): TokenizerJson {
  const json: TokenizerJson = JSON.parse(readFileSync(`${source}/tokenizer.json`, "utf8"));
  const known = Object.keys(json.model.vocab).length;
  if (vocab < known) throw new RangeError(`a vocabulary of ${vocab} has no room for the ${known} tokens of ${source}`);
  const unused = Array.from({ length: vocab - known }, (_, at) => [`<|unused_${at}|>`, known + at]);
  return { ...json, model: { ...json.model, vocab: { ...json.model.vocab, ...Object.fromEntries(unused) } } };
}

export function tokenizerConfig(): string {
  return readFileSync(`${source}/tokenizer_config.json`, "utf8");
}

/** The same as a GGUF file's metadata has it. */
export function ggufTokenizerKeys(vocab: number): (readonly [key: string, value: string | number | readonly string[] | Int32Array])[] {
  const { model, added_tokens } = paddedTokenizer(vocab);
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  const types = new Int32Array(vocab).fill(1);
  for (const { id } of added_tokens) types[id] = 3;
  return [
    ["tokenizer.ggml.model", "gpt2"],
    ["tokenizer.ggml.pre", "smollm"],
    ["tokenizer.ggml.tokens", tokens],
    ["tokenizer.ggml.token_type", types],
    ["tokenizer.ggml.merges", model.merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")))],
    ["tokenizer.ggml.eos_token_id", 0],
    ["tokenizer.ggml.padding_token_id", 1],
  ];
}
