import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";

export type ParquetColumn<Row> = {
  readonly name: string;
  readonly type: "STRING" | "JSON" | "INT32" | "FLOAT" | "DOUBLE" | "BOOLEAN";
  readonly isNullable: boolean;
  of(row: Row): string | number | boolean | object | null;
};

/** A Parquet file that is written a row group at a time: memory holds one, however many rows there are. */
export class ParquetGroups<Row> {
  readonly #columns: readonly ParquetColumn<Row>[];
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;

  constructor(columns: readonly ParquetColumn<Row>[]) {
    this.#columns = columns;
    const columnData = columns.map(({ name, type, isNullable }) => ({ name, type, data: [], nullable: isNullable }));
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema: schemaFromColumnData({ columnData }), createdBy: "Stanscope" });
  }

  /** A group of at least one row. @returns the file's next bytes */
  async group(rows: readonly Row[]): Promise<Uint8Array> {
    const columnData = this.#columns.map(({ name, of }) => ({ name, data: rows.map(of) }));
    await this.#writer.write({ columnData, rowGroupSize: rows.length });
    return this.#taken();
  }

  /** @returns the file's last bytes; without them no reader takes it */
  async end(): Promise<Uint8Array> {
    await this.#writer.finish();
    return this.#taken();
  }

  /** What has been written since the last call; the writer counts on from where it was. */
  #taken(): Uint8Array {
    const part = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return part;
  }
}
