/**
 * Folder of the reference values made with PyTorch, transformers and PEFT, or undefined in a clone that has none.
 * Given by `STANSCOPE_FIXTURES`; `.ci/run` sets it.
 */
export const fixturesFolder: string | undefined = process.env["STANSCOPE_FIXTURES"] || undefined;

/** Folder with real models, given by `STANSCOPE_MODELS`; `.ci/run` fetches them. */
export const modelsFolder: string | undefined = process.env["STANSCOPE_MODELS"] || undefined;

/** Folder whose `tiny/llama`, `tiny/gpt2`, `tiny/gpt_neox` and `tiny/bert` every clone has; laid out as the fixtures are. */
export const goldenFolder = "tests/golden";

/** Decoders in the fixtures' `tiny/`, each in a folder named by its architecture. */
export const tinyDecoders: readonly string[] = [
  "llama",
  "qwen2",
  "qwen3",
  "olmo2",
  "smollm3",
  "phi3",
  "mixtral",
  "gemma2",
  "gemma3_text",
  "gpt2",
  "gpt_neox",
];

/** The same, with variants of an architecture. */
export const tinyModels: readonly string[] = [...tinyDecoders, "phi3-longrope", "gpt_neox-sequential"];

/** Those of `goldenFolder`. */
export const goldenDecoders: readonly string[] = ["llama", "gpt2", "gpt_neox"];

/** Those of `fixturesFolder` alone. */
export const referenceDecoders: readonly string[] = tinyModels.filter((name) => !goldenDecoders.includes(name));

/** Encoders in the fixtures' `tiny/`. */
export const tinyEncoders: readonly string[] = ["bert", "roberta", "deberta-v2"];

/** Marks tests that need values or models from outside the repository; `npm run test:references` runs these alone. */
export const references = { tags: ["references"] };
