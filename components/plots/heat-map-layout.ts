export type HeatCell = {
  readonly row: string;
  readonly column: number;
  readonly value: number | null;
  readonly title: string;
  /** What may stand in the cell, the longest first: the first that has room is written. */
  readonly texts?: readonly string[];
};

type PlacedCell = HeatCell & {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Its place among `rows` and `columns`. */
  readonly rowIndex: number;
  readonly columnIndex: number;
  /** What is written in it; nothing where not every cell has room. */
  readonly text: string;
};

export type HeatMapLayout = {
  readonly rows: readonly string[];
  readonly columns: readonly number[];
  readonly cells: readonly PlacedCell[];
  /** Columns with a label under them. */
  readonly labels: readonly { readonly column: number; readonly columnIndex: number; readonly x: number }[];
  readonly left: number;
  /** Where the cells end, and what stands beside a row begins. */
  readonly right: number;
  readonly bottom: number;
  readonly height: number;
};

/** A cell, the name of a row (column −1) or the name of a column (row = the number of rows): what the arrow keys move over. */
export type HeatPlace = { readonly row: number; readonly column: number };

const cellHeight = 24;
const rowGap = 2;
const top = 26;
const characterWidth = 6.7;
/** Pixels of a character of what stands in a cell, at most, and the room beside it. */
const textWidth = 6.4;
const textMargin = 8;
/** In a map of more cells the colours are read better than numbers. */
const mostTexts = 60;

/**
 * Cells on rows × columns, columns ascending, rows in the order they first come; labels thinned to keep 26 px.
 *
 * @param noteWidth pixels that are kept free at the right of the cells
 */
export function layOutHeatMap(cells: readonly HeatCell[], width: number, noteWidth = 0): HeatMapLayout {
  const rows = [...new Set(cells.map((cell) => cell.row))];
  const columns = [...new Set(cells.map((cell) => cell.column))].sort((a, b) => a - b);
  const left = Math.max(40, ...rows.map((row) => row.length * characterWidth)) + 12;
  const slot = Math.max(2, width - left - 2 - noteWidth) / Math.max(1, columns.length);
  const gap = slot > 6 ? 1.5 : 0.5;
  const bottom = top + rows.length * (cellHeight + rowGap);
  const stride = Math.max(1, Math.ceil(26 / slot));
  const text = cells.length > mostTexts ? undefined : fittingText(cells, slot - gap - textMargin);
  return {
    rows,
    columns,
    cells: cells.map((cell) => {
      const columnIndex = columns.indexOf(cell.column);
      const rowIndex = rows.indexOf(cell.row);
      return {
        ...cell,
        columnIndex,
        rowIndex,
        text: text === undefined ? "" : (cell.texts?.[text] ?? ""),
        x: left + columnIndex * slot + gap / 2,
        y: top + rowIndex * (cellHeight + rowGap),
        width: slot - gap,
        height: cellHeight,
      };
    }),
    labels: columns.flatMap((column, columnIndex) =>
      columnIndex % stride === 0 ? [{ column, columnIndex, x: left + (columnIndex + 0.5) * slot }] : [],
    ),
    left,
    right: left + slot * columns.length,
    bottom,
    height: bottom + 22,
  };
}

/** Which of the texts has room in every cell, so that all cells say the same; undefined where none has. */
function fittingText(cells: readonly HeatCell[], room: number): number | undefined {
  const lengths = Math.max(0, ...cells.map(({ texts = [] }) => texts.length));
  return Array.from({ length: lengths }, (_, place) => place).find((place) =>
    cells.every(({ texts }) => (texts?.[place] ?? "").length * textWidth <= room),
  );
}

/** One frame around the chosen cells where they fill a rectangle and are not all; else null, and each is framed alone. */
export function chosenFrame(
  layout: HeatMapLayout,
  isChosen: (cell: HeatCell) => boolean,
): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null {
  const chosen = layout.cells.filter(isChosen);
  if (chosen.length === 0 || chosen.length === layout.cells.length) return null;
  const x = Math.min(...chosen.map((cell) => cell.x));
  const y = Math.min(...chosen.map((cell) => cell.y));
  const right = Math.max(...chosen.map((cell) => cell.x + cell.width));
  const bottom = Math.max(...chosen.map((cell) => cell.y + cell.height));
  const inside = layout.cells.filter((cell) => cell.x >= x && cell.x < right && cell.y >= y && cell.y < bottom);
  return inside.length === chosen.length ? { x: x - 2, y: y - 2, width: right - x + 4, height: bottom - y + 4 } : null;
}

/** Where an arrow key leads: the nearest place in its direction that exists; where there is none, it stays. */
export function nextPlace(places: readonly HeatPlace[], from: HeatPlace, key: string): HeatPlace {
  const [down, right] = steps[key] ?? [0, 0];
  if (down === 0 && right === 0) return from;
  const along = (place: HeatPlace) => (place.row - from.row) * down + (place.column - from.column) * right;
  const aside = (place: HeatPlace) => (right === 0 ? Math.abs(place.column - from.column) : Math.abs(place.row - from.row));
  const ahead = places.filter((place) => along(place) > 0 && (right === 0 || aside(place) === 0));
  const nearest = ahead.sort((a, b) => along(a) - along(b) || aside(a) - aside(b))[0];
  return nearest ?? from;
}

const steps: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
