/** What a pass knows of the positions of a batch, in the order of the forward pass's rows: position after position, row after row. */
export type PositionBatch = {
  /** The entry of the vocabulary at each position, such as a token's id; null where positions have no vocabulary. */
  ids: Int32Array | null;
  /** 1 where the position counts; 0 for padding and what else the collection leaves out. */
  counted: Uint8Array;
  /** Row of the corpus; a row lies in one batch only. */
  rows: Int32Array;
  /** Position in its row, padding not counted. */
  positions: Int32Array;
  /** Place in the collection's domains, all 0 without domains. */
  domains: Int32Array;
  /** Place of its row's class in the collection's classes, −1 where the row has none; null where rows have no classes. */
  classes: Int32Array | null;
};

/**
 * The entry right after each position, in the same row; −1 for a position that is not counted or whose next one is not: the last of a row
 * among them. All −1 where positions have no vocabulary.
 */
export function followersOf({ ids, counted, rows }: PositionBatch): Int32Array {
  const followers = new Int32Array(counted.length).fill(-1);
  if (ids === null) return followers;
  for (let place = 0; place + 1 < ids.length; place++) {
    if (counted[place] !== 0 && counted[place + 1] !== 0 && rows[place] === rows[place + 1]) followers[place] = ids[place + 1] as number;
  }
  return followers;
}
