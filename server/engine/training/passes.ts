/** What a further pass costs, in tokens that could be computed in its time; about as measured on two CPU cores, and our choice. */
const passTokens = 100;

/** Places among a step's texts: those of each row of each pass. */
export type Passes = readonly (readonly (readonly number[])[])[];

/**
 * Lays out the texts of a step so that little is padded. Short texts share rows no longer than the longest text, rows of like length share a pass, and a
 * further pass is made only where it saves more tokens than it costs. No pass is larger than one of `mostRows` of the longest texts.
 *
 * @param lengths tokens of each text
 * @param mostRows of a pass
 */
export function layPasses(lengths: readonly number[], mostRows: number): Passes {
  const rows = shareRows(lengths);
  const fills = rows.map((places) => places.reduce((sum, place) => sum + (lengths[place] ?? 0), 0));
  return passesByLength(fills, mostRows).map((pass) => pass.map((row) => rows[row] ?? []));
}

/** Rows in the order given, `mostRows` at a time. */
export function passesInOrder(rows: readonly (readonly number[])[], mostRows: number): Passes {
  return Array.from({ length: Math.ceil(rows.length / mostRows) }, (_, pass) => rows.slice(pass * mostRows, (pass + 1) * mostRows));
}

/** First fit, longest texts first, into rows as long as the longest (within 11/9 of the fewest rows: Johnson 1973). */
function shareRows(lengths: readonly number[]): number[][] {
  const order = Array.from(lengths.keys()).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b);
  const room = lengths[order[0] ?? -1] ?? 0;
  const rows: { left: number; readonly places: number[] }[] = [];
  for (const place of order) {
    const length = lengths[place] ?? 0;
    let row = rows.find(({ left }) => left >= length);
    if (row === undefined) {
      row = { left: room, places: [] };
      rows.push(row);
    }
    row.left -= length;
    row.places.push(place);
  }
  return rows.map(({ places }) => places);
}

/** Rows of like length together, shortest first: of all ways to cut them into passes the one that computes least. */
function passesByLength(lengths: readonly number[], mostRows: number): number[][] {
  const order = Array.from(lengths.keys()).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  /** By how many of the shortest rows are laid out: the fewest tokens that this takes, and where the last pass begins. */
  const best: { tokens: number; from: number }[] = [{ tokens: 0, from: 0 }];
  for (let to = 1; to <= order.length; to++) {
    const longest = lengths[order[to - 1] ?? -1] ?? 0;
    let found = { tokens: Number.POSITIVE_INFINITY, from: to - 1 };
    for (let from = to - 1; from >= Math.max(0, to - mostRows); from--) {
      const tokens = (best[from]?.tokens ?? 0) + (to - from) * longest + passTokens;
      if (tokens < found.tokens) found = { tokens, from };
    }
    best.push(found);
  }
  const passes: number[][] = [];
  for (let to = order.length; to > 0; ) {
    const from = best[to]?.from ?? 0;
    passes.unshift(order.slice(from, to));
    to = from;
  }
  return passes;
}
