/** What a further pass costs, in tokens that could be computed in its time; about as measured on two CPU cores, and our choice. */
const passTokens = 100;

/**
 * Divides the rows of a step into passes. Rows of like length share a pass, so that little is padded, and a further pass is made only where it saves more
 * tokens than it costs. No pass is larger than one of `mostRows` of the longest rows.
 *
 * @param lengths tokens of each row
 * @param mostRows of a pass
 * @returns places among the rows, pass by pass, shortest rows first
 */
export function passesByLength(lengths: readonly number[], mostRows: number): number[][] {
  const order = Array.from(lengths.keys()).sort((a, b) => lengthAt(a) - lengthAt(b) || a - b);
  /** By how many of the shortest rows are laid out: the fewest tokens that this takes, and where the last pass begins. */
  const best: { tokens: number; from: number }[] = [{ tokens: 0, from: 0 }];
  for (let to = 1; to <= order.length; to++) {
    const longest = lengthAt(order[to - 1]);
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

  function lengthAt(row: number | undefined): number {
    return lengths[row ?? -1] ?? 0;
  }
}

/** The same in the order given, `mostRows` at a time. */
export function passesInOrder(count: number, mostRows: number): number[][] {
  const places = Array.from({ length: count }, (_, place) => place);
  return Array.from({ length: Math.ceil(count / mostRows) }, (_, pass) => places.slice(pass * mostRows, (pass + 1) * mostRows));
}
