import { FileError } from "@/server/files/file-error";
import type { DataRow, ReadOptions } from "./data-row";
import { checkColumns, checkLength } from "./row-limits";
import { textChunks } from "./text-chunks";

/**
 * Rows of a CSV or TSV file (RFC 4180: quoted fields may hold delimiters, line ends and doubled quotes), by the names in its first line. All
 * values are text.
 *
 * @param delimiter `auto` takes a semicolon where the first line has one and no comma
 * @throws FileError naming the line, also of a record beyond the limits of a row
 */
export async function* csvRows(path: string, delimiter: "\t" | "auto", options: ReadOptions = {}): AsyncGenerator<DataRow> {
  let parser: CsvParser | undefined;
  let header: string[] | undefined;
  for await (const chunk of textChunks(path, options)) {
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
  readonly #path: string;
  readonly #delimiter: string;
  #state: State = "fieldStart";
  /** What is known of the current field: runs of text cut from the chunks. */
  #parts: string[] = [];
  #fields: string[] = [];
  /** Characters of the current record. */
  #length = 0;
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;

  constructor(path: string, delimiter: string) {
    this.#path = path;
    this.#delimiter = delimiter;
  }

  push(text: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at];
      if (character === "\n") this.#line++;
      if (this.#state === "quoted") {
        if (character !== '"') continue;
        this.#keep(text.slice(start, at));
        this.#state = "quoteInQuoted";
        start = at + 1;
      } else if (character === '"' && this.#state !== "plain") {
        // A doubled quote stands for itself: it begins the next run.
        start = this.#state === "quoteInQuoted" ? at : at + 1;
        if (this.#state === "fieldStart") this.#quoteLine = this.#line;
        this.#state = "quoted";
      } else if (character === this.#delimiter || character === "\n") {
        this.#keep(text.slice(start, at));
        start = at + 1;
        const record = character === "\n" ? this.#endRecord() : this.#endField();
        if (record !== undefined) records.push(record);
      } else if (this.#state === "quoteInQuoted") {
        if (character !== "\r") throw this.#problem(this.#line, "text follows a closing quote; double the quotes that belong to the text");
        // Of the line's end.
        start = at + 1;
      } else this.#state = "plain";
    }
    this.#keep(text.slice(start));
    return records;
  }

  /** The record that no line end closed. */
  end(): CsvRecord | undefined {
    if (this.#state === "quoted") {
      throw this.#problem(this.#quoteLine, "a quote is never closed; double the quotes that belong to the text");
    }
    return this.#endRecord();
  }

  #keep(run: string): void {
    if (run === "") return;
    this.#parts.push(run);
    this.#length += run.length;
    checkLength(this.#path, `line ${this.#recordLine}`, this.#length);
  }

  #endField(): undefined {
    this.#fields.push(detached(this.#parts.join("")));
    this.#parts = [];
    this.#state = "fieldStart";
    checkColumns(this.#path, `line ${this.#recordLine}`, this.#fields.length);
  }

  #endRecord(): CsvRecord | undefined {
    const isQuoted = this.#state === "quoteInQuoted";
    const last = this.#parts.at(-1);
    if (!isQuoted && last?.endsWith("\r")) this.#parts.splice(-1, 1, last.slice(0, -1));
    this.#endField();
    const record = { fields: this.#fields, lineNumber: this.#recordLine };
    const isEmpty = record.fields.length === 1 && record.fields[0] === "" && !isQuoted;
    this.#fields = [];
    this.#length = 0;
    this.#recordLine = this.#line;
    return isEmpty ? undefined : record;
  }

  #problem(line: number, problem: string): FileError {
    return new FileError("invalid", this.#path, `line ${line}: ${problem}`);
  }
}

/** A copy: a slice of a chunk would keep the whole chunk in memory as long as it is held. */
function detached(text: string): string {
  return Buffer.from(text).toString();
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
  if (repeated !== undefined) throw new FileError("invalid", path, `line 1: has the column "${repeated}" twice`);
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
