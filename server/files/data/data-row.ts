/** One row of a data set, by column. */
export type DataRow = Record<string, unknown>;
