/** A checkpoint's `config.json` as it stands; which keys it needs is for the architecture to say. */
export type RawModelConfig = { model_type: string; [key: string]: unknown };
