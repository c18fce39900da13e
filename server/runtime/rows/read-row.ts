import type { Images } from "@/server/engine/models/images";
import type { TokenRow } from "./token-row";

/** One image as a model reads it. */
export type ImageDataRow = {
  readonly image: Images;
  /** That the model makes of it. */
  readonly tokens: number;
  readonly ids?: undefined;
  readonly domain: string | null;
  /** As the data writes it; null where there is none. */
  readonly label: string | null;
  /** The row's number in its data set, from 0; of a diffusion model's row its number among the readings of all images. */
  readonly row: number;
  /** Of a diffusion model's row: what the image becomes, and what the model is told of it. */
  readonly noised?: Noised;
};

/** An image's class and number in the data, the time step that it is read at, and its noise where it brings it. */
export type Noised = {
  readonly classNumber: number;
  readonly dataRow: number;
  readonly timestep: number;
  readonly noise: Float32Array | undefined;
};

/** One input as a collection reads it. */
export type ReadRow = TokenRow | ImageDataRow;

/** The ids of a row's tokens; of an image, whose tokens are no entries of a vocabulary, how many there are. */
export function tokensOf(row: ReadRow): ArrayLike<number> {
  return row.ids ?? { length: row.tokens };
}

/** An image's label, as the data writes it; null where there is none. */
export function labelOf(row: ReadRow): string | null {
  return row.image === undefined ? null : row.label;
}

/** A row of a model that reads texts. @throws Error for an image */
export function demandText(row: ReadRow): TokenRow {
  if (row.ids === undefined) throw new Error(`row ${row.row} is an image, and the model reads texts`);
  return row;
}

/** As `demandText`, of each. */
export function demandTexts(rows: Iterable<ReadRow>): TokenRow[] {
  return Array.from(rows, demandText);
}

/** What a row's statistics follow from: its tokens, then its images. */
export function* contentOf({
  ids,
  image,
  images,
}: Pick<ReadRow, "ids" | "image"> & { readonly images?: Images | undefined }): Iterable<Uint8Array> {
  for (const values of [ids, (image ?? images)?.pixels]) {
    if (values !== undefined) yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}
