import { DECODER_NAMES, type DecoderName, decoderOf } from "@/lib/contract/architectures/architectures";
import { type GgufForm, type GgufMetadata, shortest } from "@/lib/contract/architectures/gguf-form";
import { FileError } from "@/server/files/file-error";
import type { GgufFile } from "./gguf";
import type { GgufValue } from "./gguf-cursor";
import type { RawModelConfig } from "./model-config";

type Readable = { readonly modelType: DecoderName; readonly form: GgufForm };

/** Architectures that are read, with their names in GGUF. */
const readable: readonly Readable[] = DECODER_NAMES.flatMap((modelType) => {
  const form = decoderOf(modelType).gguf;
  return form === undefined ? [] : [{ modelType, form }];
});

/** Names in GGUF of the architectures that are read. */
export const ggufNames: readonly string[] = [...new Set(readable.map(({ form }) => form.name))];

/** Whether files of this name are read; those of a name that several architectures share may still be refused. */
export function isReadGguf(name: string): boolean {
  return ggufNames.includes(name);
}

/** @throws FileError for an architecture that is not read */
export function ggufArchitecture(file: GgufFile): Readable {
  const name = metadataReader(file, "general").text("architecture");
  const found = readable.find(({ form }) => form.name === name && (form.isOwn?.(metadataReader(file, name)) ?? true));
  if (found !== undefined) return found;
  throw new FileError("invalid", file.path, `has the architecture "${name}"; supported in GGUF files: ${ggufNames.join(", ")}`);
}

/**
 * The `config.json` that a GGUF file's metadata stands for.
 *
 * @throws FileError for an architecture that is not read, and naming a key that is missing or of the wrong type
 */
export function ggufConfig(file: GgufFile): RawModelConfig {
  const { modelType, form } = ggufArchitecture(file);
  return { ...form.config(metadataReader(file, form.name)), model_type: modelType, ...vocabulary(file), ...specialTokens(file) };
}

/** The embedding has a row for each token; without an output matrix it is tied. */
function vocabulary(file: GgufFile): { vocab_size: number; tie_word_embeddings: boolean } {
  const [vocab_size = 0] = file.shape("token_embd.weight");
  return { vocab_size, tie_word_embeddings: !file.names().includes("output.weight") };
}

function specialTokens(file: GgufFile): Record<string, number> {
  const ids: Record<string, number> = {};
  for (const [key, name] of Object.entries({ bos_token_id: "bos", eos_token_id: "eos", pad_token_id: "padding" })) {
    const id = file.metadata.get(`tokenizer.ggml.${name}_token_id`);
    if (typeof id === "number") ids[key] = id;
  }
  return ids;
}

/** @param prefix what stands before each key, and a dot */
function metadataReader(file: GgufFile, prefix: string): GgufMetadata {
  const refusal = (problem: string) => new FileError("invalid", file.path, problem);
  function value<Kind extends GgufValue>(
    key: string,
    fallback: Kind | undefined,
    isExpected: (found: GgufValue) => found is Kind,
    expected: string,
  ): Kind {
    const whole = `${prefix}.${key}`;
    const found = file.metadata.get(whole) ?? fallback;
    if (found === undefined) throw refusal(`is missing the key "${whole}"`);
    if (isExpected(found)) return found;
    throw refusal(`key "${whole}" is ${JSON.stringify(found).slice(0, 60)}; expected ${expected}`);
  }
  return {
    text: (key, fallback) => value(key, fallback, (found) => typeof found === "string", "a text"),
    number: (key, fallback) =>
      value(key, fallback, (found): found is number => typeof found === "number" && Number.isFinite(found), "a number"),
    flag: (key, fallback) => value(key, fallback, (found) => typeof found === "boolean", "true or false"),
    hasTensor: (name) => file.names().includes(name),
    values: (name) => Array.from(file.read(name), shortest),
    refusal,
  };
}
