import { readFileSync } from "node:fs";
import { createTokenizer, type Tokenizer } from "@/server/engine/text/tokenizer";
import { isObject, type JsonObject } from "@/server/engine/text/tokenizer-json";

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** The demonstration model's tokenizer: byte-level BPE, 4,096 tokens, digits one by one; end of text is 0, no BOS, no template. */
export function demoTokenizer(options: { chatTemplate?: string } = {}): Tokenizer {
  return createTokenizer({
    kind: "huggingface",
    tokenizerJson: readJson("demo/model/tokenizer.json"),
    tokenizerConfig: readJson("demo/model/tokenizer_config.json"),
    ...options,
  });
}

/** The same vocabulary as a GGUF file's metadata would hold it. */
export function demoGgufMetadata(pre: string): JsonObject {
  const json = readJson("demo/model/tokenizer.json");
  if (!isObject(json) || !isObject(json["model"]) || !isObject(json["model"]["vocab"]))
    throw new Error("demo/model/tokenizer.json has no vocab");
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(json["model"]["vocab"])) tokens[Number(id)] = token;
  const merges = json["model"]["merges"] as string[][];
  return {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": pre,
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": tokens.map((_, id) => (id < 2 ? 3 : 1)),
    "tokenizer.ggml.merges": merges.map((pair) => pair.join(" ")),
    "tokenizer.ggml.eos_token_id": 0,
    "tokenizer.ggml.add_bos_token": false,
  };
}
