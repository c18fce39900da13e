/** Packed columns with a number a latent that the table of latents is sorted by, and the column of `latents` that each is made of. */
export const numberColumns = [
  { name: "index", kind: "int32", source: "index" },
  { name: "fireCount", kind: "int32", source: "fire_count" },
  { name: "meanActivation", kind: "float32", source: "mean_activation" },
  { name: "meanSquare", kind: "float32", source: "mean_square" },
  { name: "skewness", kind: "float32", source: "skewness" },
  { name: "maxActivation", kind: "float32", source: "max_activation" },
  { name: "minActivation", kind: "float32", source: "min_activation" },
  { name: "outputShare", kind: "float32", source: "output_share" },
  { name: "decoderNorm", kind: "float32", source: "decoder_norm" },
  { name: "attribution", kind: "float32", source: "attribution" },
  { name: "selectivity", kind: "float32", source: "selectivity" },
  { name: "bornAtStep", kind: "float32", source: "born_at_step" },
] as const;
export type NumberColumn = (typeof numberColumns)[number]["name"];

/** Packed columns beside: the place of each latent's top domain, the collection's token texts, and the latents that have each among their top tokens. */
export const otherColumns = {
  /** int32; −1 where there is none. */
  topDomain: "topDomain",
  /** JSON: an array of strings by number. */
  texts: "texts",
  /** uint32, one more than texts: where each text's ordinals begin in `tokenLatents`. */
  tokenStarts: "tokenStarts",
  /** uint32 ordinals. */
  tokenLatents: "tokenLatents",
} as const;

/** In an int32 column, the number at an ordinal that no stored latent has. */
export const absentCount = -1;
