import type { FileFormat } from "./latent-column";
import { type ColumnsWith, columnOf, columnsWith, type latentColumns } from "./latent-columns";

type Described = { [Name in ColumnsWith<"files">]: (typeof latentColumns)[Name]["files"] };
/** Columns whose value a file holds as it is. */
export type ColumnsIn<Format extends FileFormat> = {
  [Name in keyof Described]: Format extends keyof Described[Name] ? Name : never;
}[keyof Described];

/** Columns of a file beside those whose value is written as it is, each at its place. */
type OwnCells<Cell> = { readonly [name: string]: readonly [place: number, cell: Cell] };

/**
 * A file's columns in its order: those whose value is written as it is, and the file's own.
 *
 * @param plain the cell of a column whose description names its place in the file
 * @throws RangeError when two columns claim one place
 */
export function fileColumns<Format extends FileFormat, Cell>(
  format: Format,
  plain: (name: ColumnsIn<Format>) => Cell,
  own: OwnCells<Cell>,
): { name: string; cell: Cell }[] {
  const isInFile = (name: ColumnsWith<"files">): name is ColumnsIn<Format> => columnOf(name).files?.[format] !== undefined;
  const described = columnsWith("files")
    .filter(isInFile)
    .map((name) => ({ name: String(name), place: columnOf(name).files?.[format] ?? 0, cell: plain(name) }));
  const others = Object.entries(own).map(([name, [place, cell]]) => ({ name, place, cell }));
  const columns = [...described, ...others].sort((a, b) => a.place - b.place);
  const clash = columns.find(({ place }, at) => place === columns[at - 1]?.place);
  if (clash !== undefined) {
    const next = (columns.at(-1)?.place ?? 0) + 1;
    throw new RangeError(`${format}: column ${clash.name} claims place ${clash.place}, which is taken; the next free one is ${next}`);
  }
  return columns.map(({ name, cell }) => ({ name, cell }));
}
