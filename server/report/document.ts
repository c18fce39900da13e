import type { SvgNode } from "./plots/svg";

/**
 * A report before it is written: what it says, apart from how HTML or Markdown say it. All text is plain; what a person typed may stand in it as it is, for
 * whoever writes the document escapes it.
 */
export type ReportDocument = {
  readonly title: string;
  /** One line below the title. */
  readonly about: string;
  readonly sections: readonly Section[];
};

export type Section = { readonly title: string; readonly blocks: readonly Block[] };

export type Block =
  | { readonly kind: "paragraph"; readonly text: string; readonly isLead?: boolean }
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | ({ readonly kind: "table" } & Table)
  /** Drawings that belong together, side by side where there is room. */
  | { readonly kind: "figures"; readonly figures: readonly Figure[] }
  | Code;

/** A text to copy; `isFolded` where it is long, so that a page can show its summary alone. */
export type Code = {
  readonly kind: "code";
  readonly summary: string;
  readonly language: "sh" | "json";
  readonly code: string;
  readonly isFolded: boolean;
};

export type Figure = {
  /** What is drawn against what, with units. */
  readonly title: string;
  /** What a person sees who looks at it, for those who do not. */
  readonly alternative: string;
  readonly drawing: SvgNode;
  /** The numbers that are drawn. */
  readonly table: Table;
};

export type Table = {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Cell[])[];
  /** What a reader must know to read it. */
  readonly note?: string;
};

export type Column = {
  readonly name: string;
  readonly unit?: string;
  readonly isNumeric?: boolean;
  /** Of what its cells hold: whole sentences, or hashes, which may be broken anywhere. */
  readonly holds?: "sentences" | "hashes";
};

export type Cell =
  | string
  | {
      readonly text: string;
      /** In smaller letters below the text. */
      readonly below?: string;
      /** From −1 (better) to 1 (worse): the colour that it stands on. */
      readonly shade?: number;
      readonly isStrong?: boolean;
    };

/** What a cell says. */
export function cellText(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

/** Columns become rows: of a table whose columns would be too many. */
export function transposed(table: Table): Table {
  const [corner, ...names] = table.columns;
  const columns = [corner ?? { name: "" }, ...table.rows.map(([name]) => ({ name: cellText(name ?? ""), isNumeric: true }))];
  const rows = names.map(({ name, unit }, place) => [
    unit === undefined ? name : `${name}, ${unit}`,
    ...table.rows.map((row) => row[place + 1] ?? ""),
  ]);
  return { ...table, columns, rows };
}
