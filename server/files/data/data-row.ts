/** One row of a data set, by column. */
export type DataRow = Record<string, unknown>;

export type ReadOptions = {
  /** Columns that are needed; a reader may leave out the others. All when not given. */
  readonly columns?: readonly string[];
  /** Whether binary values are given as they are; else their length is, in words. */
  readonly withBytes?: boolean;
  /** Rows before this one, counted from 0, may come without their binary values; a reader that has files of them then reads none of these. */
  readonly bytesFrom?: number;
  /** Told how many more bytes of a file were read. What it throws ends the reading. */
  readonly onRead?: (bytes: number) => void;
};
