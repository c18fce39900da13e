import { isObject } from "./tokenizer-json";

/**
 * Regular expressions of published tokenizers, as their `tokenizer.json` has them, each of which reads a text in time proportional to its length. GPT-2,
 * Pythia, OLMo, Phi-2 and SmolLM have none of their own: their `ByteLevel` and `Digits` are built in.
 */
const linear: ReadonlySet<unknown> = new Set([
  // Llama 3, OLMo 2, Phi-4
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  // Qwen2, Qwen2.5, Qwen3
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  // DeepSeek V3 and R1, three steps
  "\\p{N}{1,3}",
  "[一-龥\u3040-ゟ゠-ヿ]+",
  "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
]);

/** Whether a step of a `tokenizer.json` has a regular expression that is not listed here, so that it may take any time. */
export function hasUnknownPattern(step: unknown): boolean {
  if (Array.isArray(step)) return step.some(hasUnknownPattern);
  if (!isObject(step)) return false;
  return Object.entries(step).some(([key, value]) => (key === "Regex" ? !linear.has(value) : hasUnknownPattern(value)));
}
