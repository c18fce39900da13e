/**
 * A table of a million rows is taller than a browser draws, so its rows are drawn in less height than they need. `shift` is how much of the rows'
 * height lies above what is drawn: a row at `rows` pixels is drawn at `rows − shift`. Scrolling by wheel or key moves rows by whole pixels with the
 * shift as it is; a jump of the scroll bar sets the shift anew, and so does every pause.
 */
export type ScrollMap = {
  readonly rowHeight: number;
  /** Height that all rows need, and that they are drawn in. */
  readonly rowsHeight: number;
  readonly drawnHeight: number;
  readonly viewHeight: number;
};

/** Where the window's top stands in the drawn height, and the shift; both relative to the first row's place. */
export type ScrollPlace = { readonly drawn: number; readonly shift: number };

/** Firefox ends at 17.9 million pixels, Chromium at 33.5. */
const mostPixels = 15_000_000;
/** Windows from either end in which a pixel is a pixel, so that both ends are reached exactly. */
const plainWindows = 20;
const jumpWindows = 2;

export function scrollMap(count: number, rowHeight: number, viewHeight: number): ScrollMap {
  const most = Math.floor(mostPixels / rowHeight);
  return { rowHeight, viewHeight, rowsHeight: count * rowHeight, drawnHeight: Math.min(count, most) * rowHeight };
}

/** Where a scroll event leads. When its `drawn` is not the event's, the window is to be scrolled there. */
export function followScroll(map: ScrollMap, from: ScrollPlace, drawn: number): ScrollPlace {
  const last = map.drawnHeight - map.viewHeight;
  const most = map.rowsHeight - map.drawnHeight;
  if (most === 0) return { drawn, shift: 0 };
  if (Math.abs(drawn - from.drawn) > jumpWindows * map.viewHeight) return placeAtDrawn(map, drawn);
  const isCutOff = (drawn <= 0 && from.shift > 0) || (drawn >= last && from.shift < most);
  return isCutOff ? placeAtRows(map, drawn + from.shift) : { drawn, shift: from.shift };
}

/** The place whose window begins at `rows` pixels of all rows. */
export function placeAtRows(map: ScrollMap, rows: number): ScrollPlace {
  const shift = wholeRows(map, rows - drawnOf(map, rows));
  return { drawn: rows - shift, shift };
}

/** The place that a scroll bar's position means. */
export function placeAtDrawn(map: ScrollMap, drawn: number): ScrollPlace {
  return { drawn, shift: wholeRows(map, rowsOf(map, drawn) - drawn) };
}

/** Rows stand on whole rows, so a shift cuts none. */
function wholeRows(map: ScrollMap, shift: number): number {
  return Math.min(map.rowsHeight - map.drawnHeight, Math.max(0, Math.round(shift / map.rowHeight) * map.rowHeight));
}

function rowsOf(map: ScrollMap, drawn: number): number {
  const { plain, drawnSpan, rowsSpan } = spans(map);
  const inside = drawn - plain;
  if (inside <= 0) return drawn;
  if (inside >= drawnSpan) return drawn + rowsSpan - drawnSpan;
  return plain + (inside / drawnSpan) * rowsSpan;
}

function drawnOf(map: ScrollMap, rows: number): number {
  const { plain, drawnSpan, rowsSpan } = spans(map);
  const inside = rows - plain;
  if (inside <= 0) return rows;
  if (inside >= rowsSpan) return rows - rowsSpan + drawnSpan;
  return plain + (inside / rowsSpan) * drawnSpan;
}

function spans({ rowsHeight, drawnHeight, viewHeight }: ScrollMap) {
  const plain = plainWindows * viewHeight;
  const ends = 2 * plain + viewHeight;
  return { plain, drawnSpan: Math.max(1, drawnHeight - ends), rowsSpan: Math.max(1, rowsHeight - ends) };
}
