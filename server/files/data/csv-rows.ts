import { FileError } from "@/server/files/file-error";
import type { DataRow } from "./data-row";
import { textChunks } from "./text-chunks";

/**
 * Rows of a CSV or TSV file (RFC 4180: quoted fields may hold delimiters, line ends and doubled quotes), by the names in its first line. All
 * values are text.
 *
 * @param delimiter `auto` takes a semicolon where the first line has one and no comma
 * @throws FileError naming the line
 */
export async function* csvRows(path: string, delimiter: "\t" | "auto"): AsyncGenerator<DataRow> {
  let parser: CsvParser | undefined;
  let header: string[] | undefined;
  for await (const chunk of textChunks(path)) {
    parser ??= new CsvParser(path, delimiter === "auto" ? guessDelimiter(chunk) : delimiter);
    for (const record of parser.push(chunk)) {
      if (header === undefined) header = checkedHeader(path, record.fields);
      else yield toRow(path, header, record);
    }
  }
  const last = parser?.end();
  if (last === undefined) return;
  if (header === undefined) checkedHeader(path, last.fields);
  else yield toRow(path, header, last);
}

type CsvRecord = { fields: string[]; lineNumber: number };

type State = "fieldStart" | "plain" | "quoted" | "quoteInQuoted";

/** Splits text into records, over chunk boundaries. Empty lines are none. */
class CsvParser {
  #path: string;
  #delimiter: string;
  #state: State = "fieldStart";
  #field = "";
  #fields: string[] = [];
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;

  constructor(path: string, delimiter: string) {
    this.#path = path;
    this.#delimiter = delimiter;
  }

  push(text: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const character of text) {
      if (character === "\n") this.#line++;
      const record = this.#take(character);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  /** The record that no line end closed. */
  end(): CsvRecord | undefined {
    if (this.#state === "quoted") {
      throw new FileError(
        "invalid",
        this.#path,
        `line ${this.#quoteLine}: a quote is opened and never closed; double the quotes that belong to the text`,
      );
    }
    return this.#endRecord();
  }

  #take(character: string): CsvRecord | undefined {
    if (this.#state === "quoted") {
      if (character === '"') this.#state = "quoteInQuoted";
      else this.#field += character;
      return undefined;
    }
    if (character === '"' && this.#state !== "plain") {
      if (this.#state === "quoteInQuoted") this.#field += '"';
      else this.#quoteLine = this.#line;
      this.#state = "quoted";
      return undefined;
    }
    if (character === this.#delimiter) {
      this.#endField();
      return undefined;
    }
    if (character === "\n") return this.#endRecord();
    if (this.#state === "quoteInQuoted" && character !== "\r") {
      throw new FileError(
        "invalid",
        this.#path,
        `line ${this.#line}: text follows a closing quote; double the quotes that belong to the text`,
      );
    }
    this.#field += character;
    if (this.#state === "fieldStart") this.#state = "plain";
    return undefined;
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = "";
    this.#state = "fieldStart";
  }

  #endRecord(): CsvRecord | undefined {
    if (this.#field.endsWith("\r")) this.#field = this.#field.slice(0, -1);
    const isEmpty = this.#fields.length === 0 && this.#field === "" && this.#state !== "quoteInQuoted";
    this.#endField();
    const record = { fields: this.#fields, lineNumber: this.#recordLine };
    this.#fields = [];
    this.#recordLine = this.#line;
    return isEmpty ? undefined : record;
  }
}

function guessDelimiter(text: string): string {
  const end = text.indexOf("\n");
  const first = end < 0 ? text : text.slice(0, end);
  return first.includes(";") && !first.includes(",") ? ";" : ",";
}

function checkedHeader(path: string, names: string[]): string[] {
  const empty = names.findIndex((name) => name.trim() === "");
  // Pandas writes its row numbers under an empty name in the first column.
  if (empty > 0) throw new FileError("invalid", path, `line 1: column ${empty + 1} has no name; the first line must name the columns`);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw new FileError("invalid", path, `line 1: names the column "${repeated}" twice`);
  return names;
}

function toRow(path: string, header: readonly string[], { fields, lineNumber }: CsvRecord): DataRow {
  if (fields.length !== header.length) {
    throw new FileError(
      "invalid",
      path,
      `line ${lineNumber}: has ${fields.length} fields, but the first line names ${header.length} columns`,
    );
  }
  return Object.fromEntries(header.map((name, i) => [name === "" ? "row" : name, fields[i]]));
}
