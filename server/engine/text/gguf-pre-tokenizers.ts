/** How text is cut before byte-level BPE, as llama.cpp names it in `tokenizer.ggml.pre`. */
export type ByteLevelSplits = {
  /** Applied one after another, each within the pieces of the one before; what no pattern matches stays a piece. */
  patterns: readonly string[];
  /** Whether a piece that is a token as a whole is taken without merging. */
  ignoreMerges: boolean;
  /** Whether a text begins with BOS when the file does not say. */
  addsBos: boolean;
};

const gpt2Pattern = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const contractions = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
const llama3Pattern = `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const qwen2Pattern = llama3Pattern.replace("\\p{N}{1,3}", "\\p{N}");

const gpt2: ByteLevelSplits = { patterns: [gpt2Pattern], ignoreMerges: false, addsBos: false };
const digitsThenGpt2: ByteLevelSplits = { patterns: ["\\p{N}", gpt2Pattern], ignoreMerges: false, addsBos: false };
const llama3: ByteLevelSplits = { patterns: [llama3Pattern], ignoreMerges: true, addsBos: true };
const qwen2: ByteLevelSplits = { patterns: [qwen2Pattern], ignoreMerges: false, addsBos: false };
/** OLMo 2 too: its files call it dbrx. */
const llama3WithMerges: ByteLevelSplits = { patterns: [llama3Pattern], ignoreMerges: false, addsBos: false };
const fallback: ByteLevelSplits = {
  patterns: ["[\\p{P}\\$\\+<=>\\^~\\|]+", gpt2Pattern, "\\p{N}+", "[0-9][0-9][0-9]"],
  ignoreMerges: false,
  addsBos: false,
};

const byName: ReadonlyMap<unknown, ByteLevelSplits> = new Map([
  ["default", fallback],
  ["gpt-2", gpt2],
  ["smollm", digitsThenGpt2],
  ["olmo", gpt2],
  ["starcoder", digitsThenGpt2],
  ["refact", digitsThenGpt2],
  ["command-r", digitsThenGpt2],
  ["qwen2", qwen2],
  ["deepseek-r1-qwen", qwen2],
  ["dbrx", llama3WithMerges],
  ["smaug-bpe", llama3WithMerges],
  ["llama-bpe", llama3],
  ["llama3", llama3],
  ["llama-v3", llama3],
]);

/** @throws Error listing the supported names when this one is not among them: a guess would give other tokens than the model learned */
export function byteLevelSplits(name: unknown): ByteLevelSplits {
  const splits = byName.get(name);
  if (splits === undefined) {
    throw new Error(`GGUF: tokenizer.ggml.pre is ${JSON.stringify(name)}; supported: ${[...byName.keys()].join(", ")}`);
  }
  return splits;
}
