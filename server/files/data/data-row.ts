/** One row of a data set, by column. */
export type DataRow = Record<string, unknown>;

export type ReadOptions = {
  /** Columns that are needed; a reader may leave out the others. All when not given. */
  readonly columns?: readonly string[];
  /** Reading more bytes of a file than this is refused. */
  readonly mostBytes?: number;
};
