import { Tokenizer, TokenParser, TokenType } from "@streamparser/json";
import { jsonDepth } from "@/lib/contract/json-depth";
import { FileError } from "@/server/files/file-error";
import { isJsonObject } from "@/server/files/json-file";
import type { DataRow, ReadOptions } from "./data-row";
import { checkColumns, checkDepth, checkLength, rowLimits } from "./row-limits";
import { textChunks, textLines } from "./text-chunks";

/** Characters parsed before the limits are looked at again. */
const pieceCharacters = 1 << 16;

/** One object a line; empty lines are skipped. @throws FileError naming the line */
export async function* jsonLinesRows(path: string, options: ReadOptions = {}): AsyncGenerator<DataRow> {
  for await (const { line, lineNumber } of textLines(path, options)) {
    if (line.trim() === "") continue;
    const place = `line ${lineNumber}`;
    checkDepth(path, place, jsonDepth(line, rowLimits.depth));
    yield asRow(path, place, parseLine(path, line, place));
  }
}

/** A list of objects, or an object of which exactly one value is such a list. @throws FileError naming the row */
export async function* jsonRows(path: string, options: ReadOptions = {}): AsyncGenerator<DataRow> {
  const parser = new RowParser(path);
  for await (const chunk of textChunks(path, options)) {
    for (let at = 0; at < chunk.length; at += pieceCharacters) yield* parser.push(chunk.slice(at, at + pieceCharacters));
  }
  parser.end();
}

/** Assembles one row at a time: what was read of a file is dropped once it is yielded. */
class RowParser {
  readonly #path: string;
  readonly #tokenizer = new Tokenizer({ stringBufferSize: pieceCharacters });
  #parser: TokenParser | undefined;
  #rows: DataRow[] = [];
  #count = 0;
  #depth = 0;
  /** Characters since the last row, to within a piece. */
  #length = 0;
  /** Key of the list that rows are taken from. */
  #list: unknown;

  constructor(path: string) {
    this.#path = path;
    this.#tokenizer.onToken = (token) => {
      if (token.token === TokenType.LEFT_BRACE || token.token === TokenType.LEFT_BRACKET) this.#depth++;
      else if (token.token === TokenType.RIGHT_BRACE || token.token === TokenType.RIGHT_BRACKET) this.#depth--;
      checkDepth(path, this.#place(), this.#depth);
      this.#parser ??= this.#parserFor(token.token);
      this.#parser.write(token);
    };
    this.#tokenizer.onError = (error) => {
      throw error;
    };
  }

  push(text: string): DataRow[] {
    this.#rows = [];
    this.#length += text.length;
    this.#write(() => this.#tokenizer.write(text));
    checkLength(this.#path, this.#place(), this.#length);
    return this.#rows;
  }

  end(): void {
    this.#write(() => {
      if (!this.#tokenizer.isEnded) this.#tokenizer.end();
    });
    if (this.#parser === undefined) throw new FileError("invalid", this.#path, "is not valid JSON (it is empty)");
    if (!this.#parser.isEnded) throw new FileError("invalid", this.#path, `${this.#place()}: is not valid JSON (the file is truncated)`);
    if (this.#list === undefined) this.#refuseLists();
  }

  /** Rows are the entries of the outermost list, or those one level further in. */
  #parserFor(first: TokenType): TokenParser {
    if (first !== TokenType.LEFT_BRACE && first !== TokenType.LEFT_BRACKET) this.#refuseLists();
    const isList = first === TokenType.LEFT_BRACKET;
    const parser = new TokenParser({ paths: [isList ? "$.*" : "$.*.*"], keepStack: false });
    // An empty list is one too.
    if (isList) this.#list = "";
    parser.onError = (error) => {
      throw error;
    };
    parser.onValue = ({ value, parent, stack }) => {
      checkLength(this.#path, this.#place(), this.#length);
      this.#length = 0;
      if (!Array.isArray(parent)) return;
      const list = isList ? "" : stack[1]?.key;
      this.#list ??= list;
      if (this.#list !== list) this.#refuseLists();
      this.#rows.push(asRow(this.#path, this.#place(), value));
      this.#count++;
    };
    return parser;
  }

  #write(step: () => void): void {
    try {
      step();
    } catch (cause) {
      if (cause instanceof FileError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FileError("invalid", this.#path, `${this.#place()}: is not valid JSON (${why.slice(0, 200)})`, { cause });
    }
  }

  #place(): string {
    return `row ${this.#count + 1}`;
  }

  #refuseLists(): never {
    throw new FileError("invalid", this.#path, "does not contain a list of rows; expected a list of objects");
  }
}

function parseLine(path: string, line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError("invalid", path, `${place}: is not valid JSON (${why})`, { cause });
  }
}

function asRow(path: string, place: string, value: unknown): DataRow {
  if (isJsonObject(value)) {
    checkColumns(path, place, Object.keys(value).length);
    return value;
  }
  throw new FileError(
    "invalid",
    path,
    `${place}: is ${JSON.stringify(value)?.slice(0, 40)}; expected an object with a value for each column`,
  );
}
