/**
 * Folder of the reference values made with PyTorch, transformers and PEFT, or undefined in a clone that has none.
 * Given by `STANSCOPE_FIXTURES`; `.ci/run` sets it.
 */
export const fixturesFolder: string | undefined = process.env["STANSCOPE_FIXTURES"] || undefined;

/** Folder with real models, given by `STANSCOPE_MODELS`; `.ci/run` fetches them. */
export const modelsFolder: string | undefined = process.env["STANSCOPE_MODELS"] || undefined;

/** Folder whose `tiny/llama`, `tiny/gpt2`, `tiny/gpt_neox` and `tiny/bert` every clone has; laid out as the fixtures are. */
export const goldenFolder = "tests/golden";

/** Marks tests that need values or models from outside the repository; `npm run test:references` runs these alone. */
export const references = { tags: ["references"] };
