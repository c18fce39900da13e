import { type ColumnsWith, columnOf, columnsWith, latentColumns } from "@/lib/contract/latent-columns/latent-columns";

export type NumberColumn = ColumnsWith<"packed">;

/** Packed columns with a number a latent that the table of latents is sorted by, and the column of `latents` that each is made of. */
export const numberColumns = columnsWith("packed").map((name) => ({
  name,
  kind: latentColumns[name].packed,
  source: columnOf(name).stored?.column ?? name,
}));

/** Packed columns beside: the place of each latent's top domain, the collection's token texts, and the latents that have each among their top tokens. */
export const otherColumns = {
  /** int32; −1 where there is none. */
  topDomain: "topDomain",
  /** int32: the ordinal of the latent that leads its near-duplicates, its own where it has none. */
  duplicates: "duplicates",
  /** JSON: an array of strings by number. */
  texts: "texts",
  /** uint32, one more than texts: where each text's ordinals begin in `tokenLatents`. */
  tokenStarts: "tokenStarts",
  /** uint32 ordinals. */
  tokenLatents: "tokenLatents",
} as const;

/** In an int32 column, the number at an ordinal that no stored latent has. */
export const absentCount = -1;
