/** One row of a data set, by column. */
export type DataRow = Record<string, unknown>;

export type ReadOptions = {
  /** Columns that are needed; a reader may leave out the others. All when not given. */
  readonly columns?: readonly string[];
  /** Whether binary values are given as they are; else their length is, in words. */
  readonly withBytes?: boolean;
  /** Told how many more bytes of a file were read. What it throws ends the reading. */
  readonly onRead?: (bytes: number) => void;
};
